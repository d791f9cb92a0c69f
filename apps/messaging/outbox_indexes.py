"""The indexes of the outbox, and the question that each answers.

Each row is written three times (recorded, leased, sent), and every index with it.
"""

from django.db.models import Index, Q

_UNSENT = Q(sent_at=None)
_HELD = Q(not_before__isnull=False)
_DEAD = Q(dead_at__isnull=False)

OUTBOX_INDEXES = [
    # Rows that wait, without the dead ones; each status counts them.
    Index(
        fields=["transport", "id"], condition=Q(sent_at=None, dead_at=None), name="outbox_waiting"
    ),
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
