"""Customers, orders and payments: found by key, by e-mail address and by filters, linked to one another."""

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin import UserAdmin
from accounts.models import User
from config.admin import DateRangeFilter, KnownChoicesFilter, LargeTableAdmin, LargeTableChangeList, address_of, as_key

from .models import Order, Payment, Status, with_lifetime_value

CUSTOMERS = 100  # whose orders a search by the beginning of an address looks for
SHOWN_ORDERS = 20  # of a customer who can't be deleted because of them


class CustomerFilter(admin.SimpleListFilter):
    """The orders of one customer, as the customer's page links to them; no list of customers to choose from."""

    title = "customer"
    parameter_name = "user"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = self.value()
        if value is None:
            return []
        key = as_key(value)
        if key is None:
            raise IncorrectLookupParameters
        email = User.objects.filter(pk=key).values_list("email", flat=True).first()
        return [(str(key), f"user {key}" if email is None else email)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        value = self.value()
        return queryset if value is None else queryset.filter(user=as_key(value))


class _ShopAdmin(LargeTableAdmin):
    """What orders and payments have in common: they belong to a customer."""

    search_help_text = "An order's number, or the beginning of a customer's e-mail address."
    customer_field: str

    class Media:
        css = {"all": ["orders/admin.css"]}

    def search_email(self, request: HttpRequest, queryset: QuerySet[Any], beginning: str) -> QuerySet[Any]:
        """Find the customers first: a bounded number of them has a bounded number of orders."""
        found = list(User.objects.filter(email__startswith=beginning).values_list("pk", flat=True)[: CUSTOMERS + 1])
        if len(found) > CUSTOMERS:
            messages.info(
                request,
                f"More than {CUSTOMERS} customers' addresses begin with {beginning}: this is what {CUSTOMERS} of them "
                "ordered. Type more of the address to see all.",
            )
        return queryset.filter(**{f"{self.customer_field}__in": found[:CUSTOMERS]})

    @admin.display(description="status")
    def status_badge(self, row: Order | Payment) -> str:
        """Show the status with its mark, which is a shape too, not only a colour."""
        return format_html('<span class="status {}">{}</span>', row.status, Status(row.status).label)


@admin.register(Order)
class OrderAdmin(_ShopAdmin):
    list_display = ("__str__", "customer", "money_total", "status_and_payment", "created")
    list_filter = (("status", KnownChoicesFilter), ("created_at", DateRangeFilter), CustomerFilter)
    lookups = ("status__exact", "created_at__since", "created_at__until", "user")
    list_select_related = ("user", "payment")
    ordering = ("-created_at", "-pk")
    customer_field = "user"
    readonly_fields = ("customer", "payment_link", "created_moment")
    raw_id_fields = ("user",)

    def get_fields(self, request: HttpRequest, obj: Order | None = None) -> Any:
        if obj is None:
            return ("user", "total", "status")
        user = "user" if self.has_change_permission(request, obj) else "customer"  # a link where one may follow it
        return (user, "total", "status", "payment_link", "created_moment")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the pictures above the first page of all orders, where nobody picks one for another page."""
        context = dict(extra_context or {})
        if request.method == "GET" and not set(request.GET) - {"o"} and self.has_view_permission(request):
            from .pictures import pictures_of  # what only this page needs; every command imports this module

            context["pictures"] = pictures_of(Order.objects.all())
        return super().changelist_view(request, context)

    @admin.display(description="customer")
    def customer(self, order: Order) -> str:
        return _link(order, "accounts_user", order.user_id, address_of(order.user.email))

    @admin.display(description="total")
    def money_total(self, order: Order) -> str:
        return money(order.total)

    @admin.display(description="payment")
    def payment_link(self, order: Order) -> str:
        if not hasattr(order, "payment"):
            return "no payment"
        return _link(order, "orders_payment", order.pk, f"{order.payment.amount:,.2f}, {order.payment.status}")

    @admin.display(description="status")
    def status_and_payment(self, order: Order) -> str:
        """Show the status, and the payment where it says something else."""
        badge = self.status_badge(order)
        if not hasattr(order, "payment"):
            return format_html('{} <small class="payment">no payment</small>', badge)
        if (order.payment.status, order.payment.amount) == (order.status, order.total):
            return badge
        differs = [order.payment.status] if order.payment.status != order.status else []
        differs += [f"{order.payment.amount:,.2f}"] if order.payment.amount != order.total else []
        link = _link(order, "orders_payment", order.pk, f"payment {', '.join(differs)}")
        return format_html('{} <small class="payment">{}</small>', badge, link)


@admin.register(Payment)
class PaymentAdmin(_ShopAdmin):
    list_display = ("__str__", "order_link", "customer", "money_amount", "status_badge", "created")
    list_filter = (("status", KnownChoicesFilter),)
    lookups = ("status__exact",)
    list_select_related = ("order__user",)
    # But by its key, that of the order, a payment is in no index.
    sortable_by = ()  # type: ignore[assignment, unused-ignore]
    ordering = ("-pk",)
    customer_field = "order__user"
    readonly_fields = ("order_link", "customer", "created_moment")
    raw_id_fields = ("order",)

    def get_fields(self, request: HttpRequest, obj: Payment | None = None) -> Any:
        # The order is the payment's key: another one would be another payment.
        return (
            ("order_link", "customer", "amount", "status", "created_moment") if obj else ("order", "amount", "status")
        )

    @admin.display(description="order")
    def order_link(self, payment: Payment) -> str:
        return _link(payment, "orders_order", payment.pk, str(payment.order))

    @admin.display(description="customer")
    def customer(self, payment: Payment) -> str:
        return _link(payment, "accounts_user", payment.order.user_id, address_of(payment.order.user.email))

    @admin.display(description="amount")
    def money_amount(self, payment: Payment) -> str:
        return money(payment.amount)


class CustomerChangeList(LargeTableChangeList):
    """Asks for the orders of the users on the page, all at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if _may_see(request.user, "orders_order"):
            _add_lifetime_values(self.result_list)


admin.site.unregister(User)


@admin.register(User)
class CustomerAdmin(UserAdmin):
    """Users, with what they ordered, for those who may see orders."""

    class Media:
        css = {"all": ["orders/admin.css"]}

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        ordered = ("orders_link", "lifetime_value") if _may_see(request.user, "orders_order") else ()
        return (*self.list_display[:-1], *ordered, self.list_display[-1])

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CustomerChangeList

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not _may_see(request.user, "orders_order"):
            return fieldsets
        return [*fieldsets, ("Orders", {"fields": ("orders_link", "lifetime_value")})]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "orders_link", "lifetime_value")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say that a customer stays, without a list of all the orders that keep them."""
        some = list(Order.objects.filter(user__in=objs).select_related("user")[: SHOWN_ORDERS + 1])
        if not some:
            return super().get_deleted_objects(objs, request)
        more = ["more orders"] if len(some) > SHOWN_ORDERS else []
        return [str(user) for user in objs], {}, set(), [*map(str, some[:SHOWN_ORDERS]), *more]

    @admin.display(description="orders")
    def orders_link(self, user: Any) -> str:
        _add_lifetime_values([user])
        page = reverse("admin:orders_order_changelist")
        return format_html('<a class="money" href="{}?user={}">{}</a>', page, user.pk, f"{user.order_count:,}")

    @admin.display(description="lifetime value")
    def lifetime_value(self, user: Any) -> str:
        _add_lifetime_values([user])
        return money(user.lifetime_value)


def _may_see(viewer: Any, page: str) -> bool:
    app, _, model = page.partition("_")
    return any(viewer.has_perm(f"{app}.{action}_{model}") for action in ("view", "change"))


def _add_lifetime_values(users: list[User]) -> None:
    """Set `order_count` and `lifetime_value` of those users that don't have them yet."""
    with_lifetime_value(user for user in users if not hasattr(user, "lifetime_value"))


def money(amount: Decimal) -> str:
    """Return an amount as a right-aligned cell: 1,234.50."""
    return format_html('<span class="money">{}</span>', f"{amount:,.2f}")


def _link(row: Any, page: str, key: int, text: str) -> str:
    """Return a link to the page of a row, for those who may open it; for others just the text."""
    if not _may_see(row.viewer, page):
        return text
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{page}_change", args=[key]), text)
