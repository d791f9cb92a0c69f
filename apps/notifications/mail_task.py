"""What Celery is asked for, as who watches sees it, and who has no use for Celery itself."""

from typing import NamedTuple


class MailTask(NamedTuple):
    """The name of a task and the mail that it is for."""

    task: str
    mail_id: int
