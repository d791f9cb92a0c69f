"""Lists of the admin for tables that only processes write, and that may have millions of rows."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_permission_codename
from django.core.paginator import Paginator
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from apps.messaging.errors import MessagingError

MOST_COUNTED = 10_000
"""Rows that a list shows at most; a search or a filter finds the others."""


def values_of(model: type[Model], column: str) -> Iterator[str]:
    """Yield each value of a column that an index begins with: a step of that index for each."""
    rows = model._default_manager.order_by(column).values_list(column, flat=True)
    value = rows.first()
    while value is not None:
        yield value
        value = rows.filter(**{f"{column}__gt": value}).first()


class EachValueFilter(admin.AllValuesFieldListFilter):
    """Offers each value of a column; Django's own filter reads every row for that."""

    def __init__(self, field: Field, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, *args, **kwargs)
        self.lookup_choices = list(values_of(field.model, field.name))  # type: ignore[assignment]


class BoundedPaginator(Paginator):
    """Counts up to a limit: to count a million rows takes longer than the rest of the page."""

    object_list: QuerySet

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MOST_COUNTED].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Read-only: processes write these rows, and an edited or deleted row would be wrong.

    No `date_hierarchy` for a table that grows: it reads every row for the months that it offers.
    """

    show_facets = admin.ShowFacets.NEVER  # Facets count every row, once for each choice.
    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        if changelist.result_count >= MOST_COUNTED:
            changelist.title = f"The first {MOST_COUNTED:,} or more: search or filter for others"
        return changelist

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ActingAdmin(ReadOnlyAdmin):
    """Read-only, with actions for users who may change the rows; each action calls a service."""

    expected_errors: ClassVar[tuple[type[Exception], ...]] = (MessagingError,)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may run actions with the permission `act`; Django calls it."""
        change = get_permission_codename("change", self.opts)
        return bool(request.user.has_perm(f"{self.opts.app_label}.{change}"))

    def act(
        self, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], object], done: str
    ) -> None:
        """Call `act` with each row, and show how many it was `done` to, and each error."""
        count = 0
        for row in rows:
            try:
                act(row)
            except self.expected_errors as error:
                self.message_user(request, str(error), messages.WARNING)
            else:
                count += 1
        if count:
            self.message_user(request, f"{done}: {count}", messages.SUCCESS)


class MessagesAdmin(ReadOnlyAdmin):
    """A list of rows that have an index by consumer and message id."""

    search_fields = ("message_id",)
    search_help_text = "a whole message id"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(self.found_by(search_term)), False

    def found_by(self, term: str) -> Q:
        """Return the condition for a message id; it names the consumers, for the index."""
        return Q(consumer__in=list(values_of(self.model, "consumer")), message_id=term)
