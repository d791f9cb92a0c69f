"""The queue of Celery's tasks, for code that provisions or counts it and needs no Celery.

It is here and not in an app: `tasks.clean_up` needs it, whatever other tasks there are.
"""

from apps.messaging.brokers.queue_names import CELERY
from apps.messaging.jobs.job_queue import JobQueue

QUEUE = JobQueue(name=CELERY, max_receive_count=5)
"""Only the number of receipts shows a task that kills its worker: Celery stores no attempts."""
