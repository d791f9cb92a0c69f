"""SQS jobs: `{"task": "send_mail", "id": 7}` on the queue `mails` -> mail 7 is sent, once."""

from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling import dead_letters
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue
from apps.notifications import put_off, services
from apps.notifications.contract import SendMailJob
from apps.notifications.errors import MailGivenUp


def send_mail(job: ReceivedJob) -> None:
    """Send the mail, unless it was sent or is being sent.

    Raises `MailNotTaken` if the job is to be tried again soon. A mail that no attempt will send
    raises `MessageUnreadable`, so that its job is a dead letter at once.
    """
    try:
        redriven = dead_letters.is_redriven(consumer=job.consumer, message_id=job.message_id)
        services.send(mail_id=SendMailJob.read(job.body).id, is_redriven=redriven)
    except MailGivenUp as error:
        raise MessageUnreadable(f"{type(error).__name__}: {error}") from None


# Its retries are 1, 2, 4, 8 and 16 s apart; the sixth attempt puts the mail off.
QUEUE = JobQueue(name=SendMailJob.queue, max_failures=put_off.AT_ONCE, retry_seconds=1.0)
