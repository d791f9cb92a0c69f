"""What SQS has in the mails, whose table takes the place of the queue."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_MAILS: Cuts = {
    "apps/notifications/apps.py": (
        lines('"mail.due": "a mail is committed as due, no task is enqueued",'),
        words(
            "a task has claimed the mail, nothing is sent",
            "a process has claimed the mail, nothing is sent",
        ),
        unit("NotificationsConfig.skippable_points"),
    ),
    "apps/notifications/handlers.py": (
        words("a mail is due, and Celery sends it.", "a mail is due, and `mailer` sends it."),
        words("mails = write_order_mails(events) … robust=True)", "write_order_mails(events)"),
        lines("from apps.notifications.tasks import ask_to_send"),
    ),
    "apps/notifications/claiming.py": (
        words("gives a mail up leaves no dead letter.", "gives a mail up has logged nothing."),
    ),
    "apps/notifications/put_off.py": (
        words(
            "The mail's own task makes this many attempts within half a minute.",
            "A mail is not given up before this many attempts.",
        ),
        words(
            "A task that is redelivered to a dead sender's claim ends, so SQS does not "
            "count these deaths."
        ),
        unit("hold_back"),
        unit("release"),
    ),
    "apps/notifications/queries.py": (
        words(
            "Return the ids of mails that need another task: due for longer than `since`, "
            "so that their task must be lost, or put off until now, or left by a sender "
            "that died.",
            "Return the ids of mails that are to be sent now: due, or put off until now, "
            "or left by a\n    sender that died.",
        ),
        words(
            "lost = Q(due_at__lt=Now() - since, attempts__lt=AT_ONCE)",
            "new = Q(attempts__lt=AT_ONCE)",
        ),
        words("free.filter(lost | left, state", "free.filter(new | left, state"),
    ),
    "apps/notifications/errors.py": (
        words(
            "no one: its task is tried again in a moment", "no one: it is tried again in a moment"
        ),
        words(
            "staff: its task is a dead letter, to be redriven",
            "staff: ask the customer in another way",
        ),
        words(
            "No task retries the mail: its task becomes a dead letter, which staff redrive.",
            "The mail is not tried again; its row and the log say why.",
        ),
    ),
    "apps/notifications/models.py": (
        words(
            "a mail is stored as due before its task exists, so a lost task loses none.",
            "a mail is stored as due, and stays so until it is sent.",
        ),
    ),
    "apps/notifications/services.py": (
        words("however many tasks ask for them.", "however many\nprocesses send them."),
    ),
}

MAILS: Cuts = joined(_MAILS)
