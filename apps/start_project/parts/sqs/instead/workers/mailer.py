"""Periodic work: the mails that are due are sent, each second."""

from apps.messaging.worker.periodic import Every, repeating
from apps.notifications.tasks import send_due
from workers.runner import run

if __name__ == "__main__":
    run("mailer", repeating(Every(seconds=1, work=send_due)))
