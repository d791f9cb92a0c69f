"""Variables that Celery obeys by itself, past its settings: its broker would be another project's.

They are in `celery/app/utils.py`, and in `celery/bin/celery.py` as options of its command line,
each of which is a variable too: `--queues` of `celery worker` is CELERY_WORKER_QUEUES.
"""

CELERYS_OWN = (
    "BROKER_URL",
    "CELERY_BEAT_SCHEDULER",
    "CELERY_BROKER",
    "CELERY_BROKER_READ_URL",
    "CELERY_BROKER_URL",
    "CELERY_BROKER_WRITE_URL",
    "CELERY_CONFIG",
    "CELERY_CONFIG_MODULE",
    "CELERY_LOADER",
    "CELERY_RESULT_BACKEND",
    "CELERY_WORKER_EXCLUDE_QUEUES",
    "CELERY_WORKER_INCLUDE",
    "CELERY_WORKER_QUEUES",
    "CONFIG_MODULE",
    "LOADER",
    "RESULT_BACKEND",
)
