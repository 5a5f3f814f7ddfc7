"""The history of attempts in the admin: what was seeded, when, how fast, and whether it is still there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from . import admin_actions as actions
from .models import SeedMetadata, Status

SHOWN_TABLES = 5
SHOWN_OF_A_DIGEST = 12  # characters; the others on demand
WORDS = {Status.SUCCESS: "Applied", Status.FAILED: "Failed", Status.REPLACED: "Replaced"}


class StatusFilter(admin.SimpleListFilter):
    """The attempts that ended in one way."""

    title = "status"
    parameter_name = "status__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, word) for status, word in WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SeedMetadata]) -> QuerySet[SeedMetadata]:
        return queryset if self.value() is None else queryset.filter(status=self.value())


@admin.register(SeedMetadata)
class SeedMetadataAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A record, so nothing is added or changed by hand."""

    list_filter = (StatusFilter, "seed_version", "loader")
    search_fields = ("seed_version", "error", "host")
    search_help_text = "A version, a host, or words of an error."
    ordering = ("-seeded_at", "-id")
    sortable_by = ("version", "badge", "seeded", "timing")
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
        tables = list(newest[0].counts)[:SHOWN_TABLES] if newest else []
        fastest = max((_rate(row) or 0 for row in newest), default=0)
        return ("version", "badge", "seeded", *map(_rows_of, tables), "timing", _rate_to_scale(fastest))

    def get_fieldsets(self, request: HttpRequest, obj: SeedMetadata | None = None) -> Any:
        what = ["seed_version", "badge", "seeded", "anchored", "duration", "rate", "loader"]
        who = ("host", "pid", "database_user")
        failure = [("Error", {"fields": ("failure",)})] if obj and obj.error else []
        what += ["spread"] if obj and obj.status == Status.SUCCESS and self.spread(obj) else []
        return [(None, {"fields": what}), *failure, ("Tables", {"fields": ("tables",)}), ("Run by", {"fields": who})]

    def get_urls(self) -> list[URLPattern]:
        # The views look at the method themselves: the module of Django's decorators would be loaded by every command.
        verify = self.admin_site.admin_view(self.verify_view)
        seed_again = self.admin_site.admin_view(self.seed_again_view)
        return [
            path("seed-again/", seed_again, name="seeding_seedmetadata_seed_again"),
            path("<path:object_id>/verify/", verify, name="seeding_seedmetadata_verify"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"title": "Seed attempts", "may_seed": actions.may_seed(request.user), **(extra_context or {})}
        return super().changelist_view(request, context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: SeedMetadata | None = None,
    ) -> HttpResponse:
        context |= {
            "title": f"Seed attempt: {obj.seed_version}" if obj else "Seed attempt",
            "subtitle": None,
            "quick": actions.is_quick(obj),
            "quick_rows": f"{actions.QUICK_ROWS:,}",
            "may_seed": actions.may_seed(request.user),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def verify_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Compare every row with what was generated, and say how that went on the attempt's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        actions.verify_every_row(request, row)
        return self._to("change", row.pk)

    def seed_again_view(self, request: HttpRequest) -> HttpResponse:
        """Show what seeding again would do; when that is confirmed, do it."""
        if request.method not in ("GET", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        found = actions.configured()
        if not (self.has_view_permission(request) and actions.may_seed(request.user, found)):
            raise PermissionDenied
        attempt = actions.applied()
        if request.method == "POST":
            return self._seed_again(request, found, attempt)
        from .errors import SeedError

        plan = error = None
        if actions.is_quick_to_seed(attempt, found):
            try:
                plan = actions.planned(found)
            except SeedError as exc:
                error = str(exc)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Seed {found.version}{' again' if attempt and attempt.seed_version == found.version else ''}",
            "attempt": attempt,
            "nothing_applied": actions.nothing_applied() if attempt is None else "",
            "plan": plan,
            "deleted": sum(table.delete for table in plan.tables) if plan else 0,
            "error": error,
            "quick_rows": f"{actions.QUICK_ROWS:,}",
        }
        return TemplateResponse(request, "admin/seeding/seedmetadata/seed_again.html", context)

    def _seed_again(
        self, request: HttpRequest, found: actions.Configured, attempt: SeedMetadata | None
    ) -> HttpResponse:
        shown = (request.POST.get("version"), request.POST.get("attempt"))
        if shown != (found.version, str(attempt.pk if attempt else "")) or not actions.is_quick_to_seed(attempt, found):
            messages.warning(request, "Things have changed since the plan was shown. This is what would happen now.")
            return self._to("seed_again")
        made = actions.seed_again(request, found)
        if made is None:
            return self._to("changelist")
        self.log_addition(request, made, [{"added": {"name": "seed attempt", "object": made.seed_version}}])
        return self._to("change", made.pk)

    def _to(self, page: str, *arguments: Any) -> HttpResponse:
        name = f"admin:seeding_seedmetadata_{page}"
        return HttpResponseRedirect(reverse(name, args=arguments, current_app=self.admin_site.name))

    @admin.display(description="version", ordering="seed_version")
    def version(self, row: SeedMetadata) -> str:
        return row.seed_version

    @admin.display(description="status", ordering="status")
    def badge(self, row: SeedMetadata) -> str:
        return format_html('<span class="seed-status {}">{}</span>', row.status, row.state)

    @admin.display(description="seeded at (UTC)", ordering="seeded_at")
    def seeded(self, row: SeedMetadata) -> str:
        return format_html("{} <small>{}</small>", _utc(row.seeded_at), actions.ago(row.seeded_at))

    @admin.display(description="anchored at (UTC)")
    def anchored(self, row: SeedMetadata) -> str:
        """Show the moment that generated times count back from."""
        if row.anchored_at is None:
            return "-"
        return format_html("{} <small>generated times count back from here</small>", _utc(row.anchored_at))

    @admin.display(description="duration")
    def duration(self, row: SeedMetadata) -> str:
        return actions.seconds(row.duration_ms)

    @admin.display(description="duration", ordering="duration_ms")
    def timing(self, row: SeedMetadata) -> str:
        return format_html("{} <small>{}</small>", actions.seconds(row.duration_ms), row.loader)

    @admin.display(description="rows/s")
    def rate(self, row: SeedMetadata) -> str:
        rate = _rate(row)
        return f"{rate:,.0f}" if rate else "-"

    @admin.display(description="spread")
    def spread(self, row: SeedMetadata) -> str:
        """Show of how many nodes a cluster is, and how its rows are spread now."""
        known = vars(row)
        if "cluster" not in known:
            known["cluster"] = actions.cluster()  # asked once for each page
        return str(known["cluster"])

    @admin.display(description="what went wrong")
    def failure(self, row: SeedMetadata) -> str:
        return format_html('<pre class="seed-error">{}</pre>', row.error)

    @admin.display(description="rows and digests")
    def tables(self, row: SeedMetadata) -> str:
        """Show each table's rows, drawn to scale, and its digest."""
        if not row.counts:
            return "None was seeded."
        most = max(row.counts.values()) or 1
        lines = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td class="seed-number">{}</td><td>{}</td><td>{}</td></tr>',
            (
                (table, f"{rows:,}", _bar(rows / most), _digest(table, row.table_digests, row.table_sample_digests))
                for table, rows in row.counts.items()
            ),
        )
        return format_html(
            '<table class="seed-tables"><thead><tr><th scope="col">Table</th><th scope="col" colspan="2">Rows</th>'
            '<th scope="col">Digest</th></tr></thead><tbody>{}</tbody></table>',
            lines,
        )


def _digest(table: str, digests: dict[str, str], sample_digests: dict[str, str]) -> str:
    """Return the beginning of a table's digest, which opens to the whole and to that of the sample."""
    digest = digests.get(table)
    if not digest:
        return "-"
    return format_html(
        '<details class="seed-digest"><summary><code>{}…</code><span class="visually-hidden">, the digest of {}</span>'
        "</summary><code>{}</code><br><small>of a sample:</small><br><code>{}</code></details>",
        digest[:SHOWN_OF_A_DIGEST],
        table,
        digest,
        sample_digests.get(table, "-"),
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _rows_of(table: str) -> Callable[[SeedMetadata], str]:
    """Return a list's column of how many rows were made in the table."""

    @admin.display(description=table)
    def rows(row: SeedMetadata) -> str:
        return f"{row.counts[table]:,}" if table in row.counts else "-"

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
    rows = actions.rows_of(row)
    return rows / (row.duration_ms / 1000) if rows and row.duration_ms else None
