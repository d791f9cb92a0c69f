"""Jobs of mails: done at once in this process, or sent to the queue; the mails of a folder."""

import re
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from apps.messaging.handling.verdicts import Retry
from apps.messaging.jobs.delivery import deliver
from apps.notifications.contract import SendMailJob
from apps.notifications.jobs import QUEUE, send_mail
from apps.notifications.put_off import AT_ONCE
from tests.messaging.support.jobs import make_received, send_to


def body_of(mail_id: int) -> str:
    return SendMailJob(id=mail_id).model_dump_json()


def run_job(mail_id: int, *, id: str = "") -> None:
    """Do one job of the mail as `mailer` does; its retries do not wait."""
    headers = {"ce-id": id or str(uuid4())}
    job = make_received(queue=QUEUE.name, body=body_of(mail_id), headers=headers)
    for attempt in range(1, AT_ONCE + 1):
        verdict = deliver(QUEUE, send_mail, replace(job, attempt=attempt))
        if not isinstance(verdict, Retry):
            return


def send_job(mail_id: int) -> None:
    """Send a job to the queue at SQS, without the outbox."""
    send_to(QUEUE, body_of(mail_id))


def mails_in(folder: Path) -> list[str]:
    """Return the keys of the mails in Django's file backend; one file may have many."""
    text = "\n".join(file.read_text() for file in folder.glob("*.log"))
    return re.findall("^Message-ID: <(.+)@", text, flags=re.MULTILINE)
