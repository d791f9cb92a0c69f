"""Environment variables that Celery obeys besides its settings: another broker, a purged queue.

Celery reads some by their name (`celery/app/utils.py`). The others are options of its command line:
each option of each command is a variable too, `--purge` of `celery worker` for instance is
CELERY_WORKER_PURGE. Celery obeys two before it loads the app. Our command lines name `--workdir`
themselves, so that its variable is rejected as all others are; with that of `--version`, Celery's
own processes print a version and end.
"""

from collections.abc import Iterable

from django.utils.module_loading import import_string

BY_NAME = (
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
_OURS = {"CELERY_QUEUE_URL", "CELERY_QUEUE_URL_FILE", "CELERY_SKIP_CHECKS"}


def obeyed_by_celery(given: Iterable[str]) -> list[str]:
    """Return which of the given names Celery would obey, sorted.

    Celery's options are imported only if a name begins with CELERY_. Such a name may still be
    another program's: Kubernetes sets CELERY_SERVICE_HOST.
    """
    names = set(given) - _OURS
    known = set(BY_NAME)
    if any(name.startswith("CELERY_") for name in names - known):
        known |= import_string("orders_site.conf.celery_options.VARIABLES")
    return sorted(names & known)
