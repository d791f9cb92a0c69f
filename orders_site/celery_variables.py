"""Variables that Celery obeys by itself, past its settings: its broker would be another project's.

They are in `celery/app/utils.py`, and in `celery/bin/celery.py` as options of its command line.
"""

CELERYS_OWN = (
    "BROKER_URL",
    "CELERY_BROKER_READ_URL",
    "CELERY_BROKER_URL",
    "CELERY_BROKER_WRITE_URL",
    "CELERY_CONFIG_MODULE",
    "CELERY_LOADER",
    "CELERY_RESULT_BACKEND",
    "CONFIG_MODULE",
    "LOADER",
    "RESULT_BACKEND",
)
