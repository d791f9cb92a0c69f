"""What can be asked about mails; nothing here writes."""

from datetime import timedelta

from django.utils import timezone

from apps.notifications.models import Mail
from apps.notifications.services import MAX_ATTEMPTS


def overdue(*, since: timedelta) -> list[int]:
    """Return the ids of mails that are due for so long: whatever should send them is lost.

    Not those that were tried to the end: they are dead letters, and a person sends them again.
    """
    late = Mail.objects.filter(
        state=Mail.State.DUE, due_at__lt=timezone.now() - since, attempts__lt=MAX_ATTEMPTS
    )
    return list(late.order_by("id").values_list("id", flat=True)[:1000])
