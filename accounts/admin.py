from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm

from config.admin import DateRangeFilter, LargeTableAdmin, address_of, moment_of

from .models import User


class UserCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = User
        fields = ("email",)
        field_classes = {"email": forms.EmailField}


@admin.register(User)
class UserAdmin(LargeTableAdmin, BaseUserAdmin):  # type: ignore[type-arg]
    add_form = UserCreationForm
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("logged_in", "created_moment")}),
    )
    readonly_fields = ("logged_in", "created_moment")
    list_display = ("email_address", "get_full_name", "role", "created")
    list_filter = ("is_staff", "is_superuser", "is_active", ("created_at", DateRangeFilter))
    lookups = ("is_staff__exact", "is_superuser__exact", "is_active__exact", "created_at__since", "created_at__until")
    search_help_text = "A user's number, or the beginning of an e-mail address."
    ordering = ("-created_at", "-pk")

    @admin.display(description="email")
    def email_address(self, user: User) -> str:
        return address_of(user.email)

    @admin.display(description="role")
    def role(self, user: User) -> str:
        role = "Superuser" if user.is_superuser else "Staff" if user.is_staff else "User"
        return role if user.is_active else f"{role}, inactive"

    @admin.display(description="last login")
    def logged_in(self, user: User) -> str:
        return moment_of(user.last_login)
