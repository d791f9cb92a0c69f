"""A task as the hooks show it, for code that needs no Celery."""

from typing import NamedTuple


class MailTask(NamedTuple):
    """The name of a task and the mail that it is for."""

    task: str
    mail_id: int
