"""The indexes of the outbox, and the question that each answers.

Each row is written three times: recorded, leased, sent. To record or to mark it writes every index
that has it. A lease writes none, as long as no index has a column of the lease and the page has
room for the new version: PostgreSQL keeps that room free (`fillfactor`, migration 0011).
"""

from django.db.models import Index, Q

_UNSENT = Q(sent_at=None)
_HELD = Q(not_before__isnull=False)
_DEAD = Q(dead_at__isnull=False)


def _waiting(transport: str) -> Q:
    return Q(transport=transport, sent_at=None, dead_at=None)


def _fresh(transport: str) -> Q:
    return Q(transport=transport, sent_at=None, dead_at=None, not_before=None)


OUTBOX_INDEXES = [
    # Rows that wait, without the dead ones; each status reads them. One index for each transport:
    # of an index on (transport, id) PostgreSQL believes that it costs twice as much as the primary
    # key, and so it would read all rows that are sent before it finds one to claim.
    Index(fields=["id"], condition=_waiting("jetstream"), name="outbox_waiting_events"),
    Index(fields=["id"], condition=_waiting("sqs"), name="outbox_waiting_jobs"),
    # Those that are not held; each claim reads them. While a destination is away, a hundred
    # thousand held rows may be older than a row that can be sent: without this index a claim read
    # each of them, which took PostgreSQL a second. Its price: 60 bytes more of the log for a row.
    Index(fields=["id"], condition=_fresh("jetstream"), name="outbox_fresh_events"),
    Index(fields=["id"], condition=_fresh("sqs"), name="outbox_fresh_jobs"),
    Index(fields=["transport", "key", "id"], condition=_UNSENT, name="outbox_unsent_by_key"),
    # What stops the later rows of its key. Few rows are ever in it, so the look costs the same for
    # a key with a hundred thousand rows as for one with two.
    Index(
        fields=["transport", "key", "id"],
        condition=_UNSENT & (_HELD | _DEAD),
        name="outbox_blocking",
    ),
    Index(fields=["id"], condition=_DEAD, name="outbox_dead"),
    Index(fields=["key"], name="outbox_key"),
    Index(fields=["sent_at"], name="outbox_sent"),
    Index(
        fields=["transport", "destination", "not_before"],
        condition=Q(sent_at=None, dead_at=None, not_before__isnull=False),
        name="outbox_held",
    ),
]
