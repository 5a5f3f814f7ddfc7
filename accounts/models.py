"""People who log in by e-mail address."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are one and the same whatever their case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalize_email(username))

    async def aget_by_natural_key(self, username: str | None) -> "User":
        return await self.aget(email=self.normalize_email(username))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password the user can't log in. Raises ValueError without an address."""
        email = self.normalize_email(email)
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user who may do everything in the admin."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(max_length=254)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField("staff status", default=False, help_text="May log in to the admin.")
    is_active = models.BooleanField("active", default=True, help_text="Unselect this instead of deleting a user.")
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"

    class Meta:
        db_table = "users"
        constraints = [
            # Not unique=True on the field: on PostgreSQL that makes a second index, for LIKE. With this operator class
            # one index serves both, equality and the search for the beginning of an address; other databases ignore it.
            models.UniqueConstraint(
                fields=["email"],
                name="users_email_unique",
                opclasses=["varchar_pattern_ops"],
                violation_error_message="A user with this e-mail address already exists.",
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="users_email_lower"),
        ]
        indexes = [
            # The few who differ from the many, so that nobody reads a million rows to find them.
            models.Index(
                fields=["created_at"],
                name="users_privileged_or_inactive",
                condition=models.Q(is_staff=True) | models.Q(is_superuser=True) | models.Q(is_active=False),
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    @admin.display(description="name")
    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name
