"""Orders and their payments, one payment an order."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone


class Status(models.TextChoices):
    """How far an order, or its payment, has come."""

    COMPLETED = "completed"
    PENDING = "pending"
    PROCESSING = "processing"


class Order(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    total = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        db_table = "orders"
        constraints = [
            models.CheckConstraint(condition=models.Q(total__gte=0), name="orders_total_not_negative"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="orders_status_known"),
        ]

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

    def __str__(self) -> str:
        return f"Payment of order {self.pk}"
