"""Mails that are sent in this process, as `mailer` sends them; the mails of a folder."""

import re
from pathlib import Path

from django.db.models.functions import Now

from apps.notifications import tasks
from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE


def run_job(mail_id: int) -> None:
    """Send the mail as `mailer` does, with its first attempts at once."""
    for _ in range(AT_ONCE):
        tasks.send(mail_id)
        mail = Mail.objects.get(id=mail_id)
        if mail.state != Mail.State.DUE or mail.attempts >= AT_ONCE:
            return
        Mail.objects.filter(id=mail_id).update(put_off_until=Now())


def mails_in(folder: Path) -> list[str]:
    """Return the keys of the mails in Django's file backend; one file may have many."""
    text = "\n".join(file.read_text() for file in folder.glob("*.log"))
    return re.findall("^Message-ID: <(.+)@", text, flags=re.MULTILINE)
