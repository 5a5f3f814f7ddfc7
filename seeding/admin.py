"""The history of attempts in the admin: what was seeded, when, how fast, and whether it is still there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from .database.locks import is_running
from .errors import SeedError
from .models import SeedMetadata, Status

VERIFIED_ROWS = 100_000  # up to here, a page may compare every row with what was generated: a second or two
SHOWN_TABLES = 5


@admin.register(SeedMetadata)
class SeedMetadataAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A record, so nothing is added or changed by hand."""

    list_filter = ("status", "seed_version", "loader")
    search_fields = ("seed_version", "error", "host")
    search_help_text = "A version, a host, or words of an error."
    ordering = ("-seeded_at", "-id")
    sortable_by = ("version", "badge", "seeded", "duration", "loader")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    class Media:
        css = {"all": ["seeding/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SeedMetadata | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in ("status__exact", "seed_version", "loader") and "\x00" not in value

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        newest = (
            SeedMetadata.objects.exclude(row_counts={})
            .order_by(*self.ordering)
            .only("row_counts", "duration_ms")[: self.list_per_page]
        )
        tables = list(newest[0].row_counts)[:SHOWN_TABLES] if newest else []
        fastest = max((_rate(row) or 0 for row in newest), default=0)
        return ("version", "badge", "seeded", *map(_rows_of, tables), "duration", _rate_to_scale(fastest), "loader")

    def get_fieldsets(self, request: HttpRequest, obj: SeedMetadata | None = None) -> Any:
        what = ("seed_version", "badge", "seeded", "anchored_at", "duration", "rate", "loader")
        who = ("host", "pid", "database_user")
        failure = [("Error", {"fields": ("failure",)})] if obj and obj.error else []
        return [(None, {"fields": what}), *failure, ("Tables", {"fields": ("tables",)}), ("Run by", {"fields": who})]

    def get_urls(self) -> list[URLPattern]:
        verify = self.admin_site.admin_view(require_POST(self.verify_view))
        return [
            path("<path:object_id>/verify/", verify, name="seeding_seedmetadata_verify"),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: SeedMetadata | None = None,
    ) -> HttpResponse:
        context |= {"quick": _is_quick(obj), "verified_rows": f"{VERIFIED_ROWS:,}"}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def verify_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Compare every row with what was generated, and say how that went on the attempt's page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if row.status != Status.SUCCESS:
            messages.warning(request, "Only the attempt in force can be verified: others' data is gone.")
        elif is_running(row._state.db or DEFAULT_DB_ALIAS):
            messages.warning(request, "A seed is running: verify when it has ended.")
        elif not _is_quick(row):
            messages.warning(request, "That would take long here: run `python manage.py seed --verify` in a shell.")
        else:
            from .apply.verify import verify

            try:
                found = verify(row.seed_version, using=row._state.db)
            except SeedError as exc:
                messages.error(request, f"Not verified. {exc}")
            else:
                level = messages.SUCCESS if found.same else messages.ERROR
                messages.add_message(request, level, f"Compared every row. {found}")
        page = reverse("admin:seeding_seedmetadata_change", args=[row.pk], current_app=self.admin_site.name)
        return HttpResponseRedirect(page)

    @admin.display(description="version", ordering="seed_version")
    def version(self, row: SeedMetadata) -> str:
        return row.seed_version

    @admin.display(description="status", ordering="status")
    def badge(self, row: SeedMetadata) -> str:
        return format_html('<span class="seed-status {}">{}</span>', row.status, Status(row.status).label)

    @admin.display(description="seeded at", ordering="seeded_at")
    def seeded(self, row: SeedMetadata) -> str:
        at = f"{timezone.localtime(row.seeded_at):%Y-%m-%d %H:%M:%S}"
        is_recent = timezone.now() - row.seeded_at < timedelta(minutes=1)
        return format_html(
            "{} <small>{}</small>", at, "just now" if is_recent else f"{timesince(row.seeded_at, depth=1)} ago"
        )

    @admin.display(description="duration", ordering="duration_ms")
    def duration(self, row: SeedMetadata) -> str:
        return "-" if row.duration_ms is None else f"{row.duration_ms / 1000:,.1f} s"

    @admin.display(description="rows/s")
    def rate(self, row: SeedMetadata) -> str:
        rate = _rate(row)
        return f"{rate:,.0f}" if rate else "-"

    @admin.display(description="what went wrong")
    def failure(self, row: SeedMetadata) -> str:
        return format_html('<pre class="seed-error">{}</pre>', row.error)

    @admin.display(description="rows and digests")
    def tables(self, row: SeedMetadata) -> str:
        """Show each table's rows, drawn to scale, and its digest."""
        if not row.row_counts:
            return "None was seeded."
        most = max(row.row_counts.values()) or 1
        lines = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td class="seed-number">{}</td><td>{}</td><td><code>{}</code><br>'
            "<small>of a sample: <code>{}</code></small></td></tr>",
            (
                (table, f"{rows:,}", _bar(rows / most), row.digests.get(table, "-"), row.sample_digests.get(table, "-"))
                for table, rows in row.row_counts.items()
            ),
        )
        return format_html(
            '<table class="seed-tables"><thead><tr><th scope="col">Table</th><th scope="col" colspan="2">Rows</th>'
            '<th scope="col">Digest</th></tr></thead><tbody>{}</tbody></table>',
            lines,
        )


def _rows_of(table: str) -> Callable[[SeedMetadata], str]:
    """Return a list's column of how many rows were made in the table."""

    @admin.display(description=table)
    def rows(row: SeedMetadata) -> str:
        return f"{row.row_counts[table]:,}" if table in row.row_counts else "-"

    return rows


def _rate_to_scale(fastest: float) -> Callable[[SeedMetadata], str]:
    """Return a list's column of the rows a second, drawn as a share of the fastest attempt's."""

    @admin.display(description="rows/s")
    def rate(row: SeedMetadata) -> str:
        rate = _rate(row)
        return format_html("{}{}", f"{rate:,.0f}", _bar(min(1, rate / fastest))) if rate else "-"

    return rate


def _bar(share: float) -> str:
    """Return a bar as long as the share; the number stands beside it."""
    return format_html(
        '<svg class="seed-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="8"/></svg>',
        f"{100 * share:.1f}",
    )


def _rate(row: SeedMetadata) -> float | None:
    """Return the rows a second, where any were made."""
    rows = _total(row)
    return rows / (row.duration_ms / 1000) if rows and row.duration_ms else None


def _total(row: SeedMetadata) -> int:
    return sum(row.row_counts.values())


def _is_quick(row: SeedMetadata | None) -> bool:
    return row is not None and _total(row) <= VERIFIED_ROWS
