"""SQS jobs: queue `mails` -> the mail about the end of an order, two at a time."""

from apps.messaging.jobs.worker import working
from apps.notifications.jobs import QUEUE, send_mail
from workers.runner import run

if __name__ == "__main__":
    run("mailer", working(QUEUE, send_mail, concurrency=2))
