"""Deletes expired sessions in chunks, and reads no key of a session: workers may not."""

from collections.abc import Iterator

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.messaging.operations import pruning
from apps.messaging.operations.sent_rows import CHUNK_ROWS


def delete_expired_sessions() -> int:
    """Delete sessions that have ended, the oldest first; return how many.

    Django's `clearsessions` deletes all in one statement. After weeks without it that outlasts the
    database's limit, and each later one has more to do.
    """
    return pruning.delete_each(_chunks(Session.objects.filter(expire_date__lt=Now())))


def _chunks(ended: QuerySet[Session]) -> Iterator[QuerySet[Session]]:
    """Yield so many sessions each time, by the ends of their time; the last chunk has the rest."""
    ends = ended.order_by("expire_date").values_list("expire_date", flat=True)
    while (last := ends[CHUNK_ROWS : CHUNK_ROWS + 1].first()) is not None:
        yield ended.filter(expire_date__lte=last)
    yield ended
