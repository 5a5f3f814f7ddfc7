from django.contrib import admin

from .models import Order, Payment


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ("id", "user", "total", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("=id", "user__email__exact")
    ordering = ("-id",)
    raw_id_fields = ("user",)
    show_full_result_count = False


@admin.register(Payment)
class PaymentAdmin(admin.ModelAdmin):
    list_display = ("order", "amount", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("=order__id",)
    ordering = ("-order",)
    raw_id_fields = ("order",)
    show_full_result_count = False
