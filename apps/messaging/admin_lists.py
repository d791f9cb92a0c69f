"""Lists of the admin for tables that only processes write, and that may have millions of rows."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_permission_codename
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup, Model, Q, QuerySet, UUIDField
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from apps.messaging.errors import MessagingError

MOST_COUNTED = 2000
"""Rows that a list shows at most; a search or a filter finds the others."""


def values_of(model: type[Model], column: str) -> Iterator[str]:
    """Yield each value of a column that an index begins with: a step of that index for each."""
    rows = model._default_manager.order_by(column).values_list(column, flat=True)
    value = rows.first()
    while value is not None:
        yield value
        value = rows.filter(**{f"{column}__gt": value}).first()


@UUIDField.register_lookup
class Begins(Lookup):
    """`id__begins` finds UUIDs by their first digits, as a range of their index.

    Hyphens and case do not matter. Django's `startswith` converts every row's UUID into text.
    """

    lookup_name = "begins"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        digits = str(self.rhs).replace("-", "")
        if not re.fullmatch("[0-9a-fA-F]{1,32}", digits):
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        ends = (UUID(digits.ljust(32, last)) for last in "0f")
        stored = (self.lhs.output_field.get_db_prep_value(end, connection) for end in ends)
        return f"{column} BETWEEN %s AND %s", (*params, *stored)


class EachValueFilter(admin.AllValuesFieldListFilter):
    """Offers each value of a column; Django's own filter reads every row for that."""

    def __init__(self, field: Field, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, *args, **kwargs)
        self.lookup_choices = list(values_of(field.model, field.name))  # type: ignore[assignment]


class BoundedPaginator(Paginator):
    """Counts up to a limit: to count a million rows takes longer than the rest of the page.

    It counts in the order of the list, by the index that the page itself uses. In any order,
    PostgreSQL may read the oldest rows first, and find the newest ones of a filter at the very end.
    """

    object_list: QuerySet

    @cached_property
    def count(self) -> int:
        return self.object_list[:MOST_COUNTED].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Read-only: processes write these rows, and an edited or deleted row would be wrong.

    The list of a table that grows filters, searches and sorts only by columns with an index, and
    `sortable_by` names those. It has no `date_hierarchy`: that reads every row for its months.
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

    def response_action(
        self,
        request: HttpRequest,
        queryset: QuerySet,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> HttpResponse | None:
        """Take "select all" for what it says: the rows that were counted, and no others."""
        if "1" in request.POST.getlist("select_across"):
            queryset = queryset.filter(pk__in=queryset.values("pk")[:MOST_COUNTED])
        return super().response_action(request, queryset, action_location)

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
