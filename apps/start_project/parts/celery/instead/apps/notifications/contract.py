"""The job that asks for a mail to be sent; a person can type it into any client."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from apps.messaging.contracts.declaring import job
from apps.messaging.message import Job


class SendMailJob(Job):
    """`{"task": "send_mail", "id": 7}`; the mail's recipient and text are in its row alone."""

    queue: ClassVar[str] = "mails"

    task: Literal["send_mail"] = "send_mail"
    id: Annotated[int, Field(strict=True, ge=1, lt=2**63)]


CONTRACTS = (
    # `periodic` asks again for mails that have waited too long.
    job(SendMailJob, producers=["notification_consumer", "periodic"], consumers=["mailer"]),
)
