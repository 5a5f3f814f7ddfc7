"""Admin pages for tables of millions of rows: nothing counts, sorts or selects without a bound."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property, lazy
from django.utils.html import format_html
from django.utils.text import capfirst

if TYPE_CHECKING:  # which aren't subscriptable at run time
    _ModelAdmin = admin.ModelAdmin[Any]
    _Paginator = Paginator[Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _Paginator = Paginator

LARGEST_KEY = 2**63 - 1


# With the zone that the times of a list are in, whichever it is when the page is made.
_CREATED = lazy(lambda: f"created ({timezone.get_current_timezone_name()})", str)()


def moment_of(at: datetime | None) -> str:
    """Return a time as pages show it, with its zone: 2026-01-31 23:59:59 UTC."""
    if at is None:
        return "never"
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S} {timezone.get_current_timezone_name()}"


def as_key(text: str) -> int | None:
    """Return the key that the text is, if it can be one."""
    key = int(text) if text.isdecimal() and len(text) <= len(str(LARGEST_KEY)) else None
    return key if key is not None and key <= LARGEST_KEY else None


def address_of(email: str) -> str:
    """Return an address as a cell: a list shows the beginning of a long one, and a pointer over it the whole."""
    return format_html('<span class="address" title="{}">{}</span>', email, email)


class CappedPaginator(_Paginator):
    """Counts no further than `cap` rows, and where there are more leads to the first `reach` of them.

    Filters and searches lead to the others. A page's keys are found first, and then their rows: what is skipped on the
    way to a late page is joined to nothing.
    """

    object_list: QuerySet[Any]
    cap = 10_000
    reach = 2_500

    def page(self, number: int | str) -> "Page[Any]":
        page = super().page(number)
        keys = cast("QuerySet[Any]", page.object_list).select_related(None).values_list("pk", flat=True)
        page.object_list = self.object_list.filter(pk__in=list(keys))
        return page

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: self.cap + 1].count()

    @cached_property
    def count(self) -> int:
        return self.reach if self.is_capped else self._counted

    @property
    def is_capped(self) -> bool:
        return self._counted > self.cap

    @property
    def counted(self) -> str:
        """The number of rows, in words."""
        return f"more than {self.cap:,}" if self.is_capped else f"{self.count:,}"


class LargeTableChangeList(ChangeList):
    """Sorts by nothing but what the page offers, whatever the address says, and asks for no more than a page.

    Each row knows as its `viewer` who looks at it.
    """

    sortable_by: Sequence[str]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list if self.multi_page else self.paginator.page(1).object_list)
        for row in self.result_list:
            row.viewer = request.user

    def get_ordering_field(self, field_name: Any) -> Any:
        return super().get_ordering_field(field_name) if field_name in self.sortable_by else None


class LargeTableAdmin(_ModelAdmin):
    """Lists that find rows by key, by the beginning of an e-mail address, and by filters on indexed columns."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None  # they may be asked to act on all rows
    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ("created",)
    lookups: tuple[str, ...] = ()  # the parameters of the filters, and no others
    filled_by = "python manage.py seed"  # what an empty list tells to run
    search_fields = ("pk", "email")  # shown as one search box; get_search_results says how

    class Media:
        css = {"all": ["config/large_tables.css"]}

    @admin.display(description=_CREATED, ordering="created_at")
    def created(self, row: Any) -> str:
        return f"{timezone.localtime(row.created_at):%Y-%m-%d %H:%M}"

    @admin.display(description="created")
    def created_moment(self, row: Any) -> str:
        return moment_of(row.created_at)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Call the page by what it lists, except where one is to be picked from it."""
        title = {} if IS_POPUP_VAR in request.GET else {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LargeTableChangeList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in self.lookups

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.viewer = request.user
        return row

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().lower()
        if term.isdecimal():
            key = as_key(term)
            return (queryset.none() if key is None else queryset.filter(pk=key)), False
        return (self.search_email(request, queryset, term) if term else queryset), False

    def search_email(self, request: HttpRequest, queryset: QuerySet[Any], beginning: str) -> QuerySet[Any]:
        return queryset.filter(email__startswith=beginning)


class KnownChoicesFilter(admin.ChoicesFieldListFilter):
    """The choices of a field, and nothing else: for a value that no row has, all rows would be read."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        known = {str(value) for value, _ in self.field.flatchoices}
        if not known.issuperset(self.lookup_val or ()):
            raise IncorrectLookupParameters
        return super().queryset(request, queryset)


class DateRangeFilter(admin.FieldListFilter):
    """Rows of some days, the first and the last included: a range of an indexed column."""

    template = "admin/date_range_filter.html"
    presets = (("Past 7 days", 7), ("Past 30 days", 30), ("Past 12 months", 365))

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.since_name, self.until_name = f"{field_path}__since", f"{field_path}__until"
        super().__init__(field, request, params, model, model_admin, field_path)
        self.since, self.until = self._day(self.since_name), self._day(self.until_name)

    def _day(self, name: str) -> date | None:
        texts = cast("list[str]", self.used_parameters.get(name, [""]))
        text = texts[-1].strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as exc:
            raise IncorrectLookupParameters(exc) from exc

    def expected_parameters(self) -> list[str | None]:
        return [self.since_name, self.until_name]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.since:
            queryset = queryset.filter(**{f"{self.field_path}__gte": _midnight(self.since)})
        if self.until and self.until < date.max:
            queryset = queryset.filter(**{f"{self.field_path}__lt": _midnight(self.until + timedelta(days=1))})
        return queryset

    def choices(self, changelist: ChangeList) -> Any:
        own = [self.since_name, self.until_name]
        self.others = [
            (name, v) for name, values in changelist.filter_params.items() if name not in own for v in values
        ]
        none = {"display": "Any time", "selected": not (self.since or self.until)}
        yield none | {"query_string": changelist.get_query_string(remove=own)}
        today = timezone.localdate()
        for name, days in self.presets:
            since = today - timedelta(days=days)
            link = changelist.get_query_string({self.since_name: since.isoformat()}, remove=own)
            yield {"display": name, "selected": (self.since, self.until) == (since, None), "query_string": link}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
