"""Orders and their payments, one payment an order."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone


class Status(models.TextChoices):
    """How far an order, or its payment, has come."""

    COMPLETED = "completed"
    PENDING = "pending"
    PROCESSING = "processing"


COMPLETED = models.Q(status=Status.COMPLETED)
UNFINISHED = ~COMPLETED  # the few that somebody looks for
USERS_AT_ONCE = 10_000  # whose orders one query asks for


class Month(models.Func):
    """The first day of a time's month, in UTC; made by the database itself, where Django's TruncMonth asks Python."""

    template = "(date_trunc('month', %(expressions)s AT TIME ZONE 'UTC'))::date"
    output_field = models.DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="date(%(expressions)s, 'start of month')", **context)


class OrderQuerySet(models.QuerySet["Order"]):
    """What developers ask of orders."""

    def completed(self) -> "OrderQuerySet":
        return self.filter(status=Status.COMPLETED)

    def unfinished(self) -> "OrderQuerySet":
        return self.filter(UNFINISHED)

    def by_month(self, *also_by: str) -> "models.QuerySet[Order, dict[str, Any]]":
        """Return a dict a month, oldest first: `month` (its first day, UTC), `orders` and `revenue` of these orders.

        With names of columns in `also_by`, a dict for each of their values in each month.
        """
        months: Any = self.annotate(month=Month("created_at"))  # which the plugin of mypy doesn't see in values()
        counted = months.values("month", *also_by).annotate(orders=models.Count("*"), revenue=models.Sum("total"))
        return cast("models.QuerySet[Order, dict[str, Any]]", counted.order_by("month", *also_by))

    def revenue_by_month(self) -> "models.QuerySet[Order, dict[str, Any]]":
        """Return `by_month` of the completed ones: an order counts as revenue once it is completed."""
        return self.completed().by_month()


def with_lifetime_value(users: Iterable[Any]) -> list[Any]:
    """Return the users, each with `order_count` (all orders) and `lifetime_value` (the total of the completed ones).

    `with_lifetime_value(User.objects.filter(...))` is one query for the users, and one for the orders of each
    `USERS_AT_ONCE` of them. Both at once would be refused where orders are spread over the nodes of a cluster.
    """
    found = list(users)
    for start in range(0, len(found), USERS_AT_ONCE):
        some = found[start : start + USERS_AT_ONCE]
        theirs = Order.objects.using(some[0]._state.db).filter(user__in=[user.pk for user in some]).order_by()
        sums = theirs.values("user").annotate(rows=models.Count("pk"), value=models.Sum("total", filter=COMPLETED))
        ordered = {row["user"]: (row["rows"], row["value"]) for row in sums}
        for user in some:
            user.order_count, value = ordered.get(user.pk, (0, None))
            user.lifetime_value = value or Decimal(0)
    return found


class Order(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    total = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        db_table = "orders"
        constraints = [
            models.CheckConstraint(condition=models.Q(total__gte=0), name="orders_total_not_negative"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="orders_status_known"),
        ]
        indexes = [models.Index(fields=["created_at"], name="orders_unfinished", condition=UNFINISHED)]

    def __str__(self) -> str:
        return f"Order {self.pk}"


class Payment(models.Model):
    order = models.OneToOneField(Order, on_delete=models.CASCADE, primary_key=True, related_name="payment")
    amount = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payments"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="payments_amount_not_negative"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="payments_status_known"),
        ]
        indexes = [models.Index(fields=["order"], name="payments_unfinished", condition=UNFINISHED)]

    def __str__(self) -> str:
        return f"Payment of order {self.pk}"
