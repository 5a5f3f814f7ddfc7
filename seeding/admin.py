from django.contrib import admin
from django.http import HttpRequest

from .models import SeedMetadata


@admin.register(SeedMetadata)
class SeedMetadataAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """The history of attempts: a record, so nothing is added or changed by hand."""

    list_display = (
        "seed_version",
        "status",
        "seeded_at",
        "row_count_users",
        "row_count_orders",
        "loader",
        "duration_ms",
    )
    list_filter = ("status", "seed_version")
    search_fields = ("seed_version",)
    ordering = ("-seeded_at", "-id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SeedMetadata | None = None) -> bool:
        return False
