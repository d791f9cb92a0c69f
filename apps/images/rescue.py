"""Photos whose job the queue may have lost: another job is recorded, less often each time."""

from datetime import timedelta

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import Now

from apps.images.models import Photo
from apps.images.services import ask_for_renditions, key_of_jobs
from apps.messaging import leases, outbox

AT_MOST = 500
LONGEST_PAUSE = timedelta(hours=6)


def rescue_photos(*, waiting_for: timedelta) -> int:
    """Record another job for each photo that has waited for that long; return how many.

    The local SQS server loses its queues when it stops. A superfluous job is harmless, but many are
    not: each pause is twice the time waited before it, as the earlier jobs may only be slow or be
    tried again. A photo whose job is in the outbox, or has just left it, needs none: its wait
    begins again.
    """
    waited = ExpressionWrapper(Now() - F("asked_at"), output_field=DurationField())
    due = _due(waiting_for).order_by("asked_at").values_list("id", waited)
    photos = dict(due[:AT_MOST])
    keys = {key_of_jobs(id): id for id in photos}
    on_the_way = outbox.keys_on_the_way(keys, sent_within=waiting_for)
    # So they are no longer the oldest, before which no other photo is looked at.
    Photo.objects.filter(id__in=[keys[key] for key in on_the_way]).update(asked_at=Now())
    return sum(
        _ask_again(id, waiting_for=waiting_for, waited=photos[id])
        for key, id in keys.items()
        if key not in on_the_way
    )


@transaction.atomic
def _ask_again(id: int, *, waiting_for: timedelta, waited: timedelta) -> bool:
    pause = leases.until(min(2 * waited, LONGEST_PAUSE))
    # The update locks the row: of two concurrent callers, one records a job.
    if not _due(waiting_for).filter(id=id).update(asked_at=Now(), not_asked_before=pause):
        return False
    ask_for_renditions(id)
    return True


def _due(waiting_for: timedelta) -> QuerySet[Photo]:
    return Photo.objects.filter(
        leases.is_free("not_asked_before", length=LONGEST_PAUSE),
        status=Photo.Status.WAITING,
        asked_at__lt=Now() - waiting_for,
    )
