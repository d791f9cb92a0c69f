"""The queue of Celery's tasks, for who provisions or counts it and has no use for Celery itself."""

from apps.messaging.jobs.job_queue import JobQueue

QUEUE = JobQueue(name="celery", max_receive_count=5)
"""By its receipts alone a task is known that kills its worker: Celery writes nothing down."""
