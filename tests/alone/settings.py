"""A Django project with `apps.messaging` and none of the shop: each setting that messaging reads.

Those that a process of a test gets by its environment are read from there. What each means says
`orders_site/settings.py`.
"""

import atexit
import os
import shutil
import tempfile
from dataclasses import make_dataclass
from pathlib import Path
from typing import Any

import structlog

_FOLDER = Path(tempfile.mkdtemp(prefix="alone-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
(_FOLDER / "secret_key").touch()
(_FOLDER / "db.sqlite3").touch()
os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS_OF_PROCESSES = "tests.alone.settings"
_given = os.environ.get


def _limits(**fields: Any) -> Any:
    """Return an object with these attributes, of which `dataclasses.replace` can make another."""
    names = [(name, Any) for name in fields]
    return make_dataclass("Limits", names, frozen=True, kw_only=True)(**fields)


# --- Django ------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parents[2]
SECRET_KEY = "only for these tests"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "apps.messaging",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "tests.alone.urls"
STATIC_URL = "/static/"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "fields": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.KeyValueRenderer(drop_missing=True),
            "foreign_pre_chain": [structlog.stdlib.ExtraAdder()],
        }
    },
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "fields"}},
    "root": {"handlers": ["lines"], "level": "WARNING"},
}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _given("DATABASE_URL", "").removeprefix("sqlite:///") or _FOLDER / "db.sqlite3",
        "TEST": {"NAME": str(_FOLDER / "test.sqlite3")},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}

# --- Messaging ---------------------------------------------------------------------------

MESSAGING_NAMES = {"prefix": "shop", "key": "order"}
MESSAGING_STREAMS: list[str] = []
MESSAGING_CONSUMERS: list[str] = []
MESSAGING_QUEUES: list[str] = []
MESSAGING_CONTRACTS: list[str] = []
WORKERS = {"outbox_relay": 1}
WORKER_INSTANCE = _given("WORKER_INSTANCE", "")
STATUS_PARTS: dict[str, str] = {}
STATUS_OMITS: list[str] = []

NATS_URL = _given("NATS_URL", "nats://127.0.0.1:1")
NATS_SECURITY = dict.fromkeys(("ca", "cert", "key", "creds", "nkey"), "") | {"tls_first": False}
NATS_INBOX_PREFIX = "_INBOX"
NATS_PASSWORD_DEVELOPER = "demo"
STREAM_REPLICAS = 1

AWS_ENDPOINT_URL = _given("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
AWS_REGION = "eu-central-2"
AWS_ACCESS_KEY_ID = AWS_SECRET_ACCESS_KEY = "demo"
AWS_SESSION_TOKEN = ""
QUEUE_PREFIX = ""
SQS_WAIT_SECONDS = 1
SQS_VISIBILITY_TIMEOUT = int(_given("SQS_VISIBILITY_TIMEOUT", "60"))

RETRIES = _limits(events_for=0.0, jobs_for=0.0, pause_after=10, longest_pause=60.0)
KEPT = _limits(inbox=14, letters=14, instances=14)
LONGEST_TIMES = _limits(
    request=60.0,
    handler=float(_given("HANDLER_SECONDS", "60")),
    job=float(_given("JOB_SECONDS", "600")),
    standstill=float(_given("STANDSTILL_SECONDS", "90")),
    probe=1.0,
    nats_call=float(_given("NATS_CALL_SECONDS", "5")),
    sqs_call=float(_given("SQS_CALL_SECONDS", "2")),
)

LOG_LEVEL = "WARNING"
LIVE_LOG_LEVEL_FILE = HEALTH_FILE = TRACES_URL = LOGS_URL = TRACE_VIEWER = ""
METRICS_HOST, METRICS_PORT = "127.0.0.1", int(_given("METRICS_PORT", "0"))
FAILPOINTS = _given("FAILPOINTS", "")
DEMO, DEMO_DIR = True, _FOLDER  # The hooks of tests and their folder are those of a demo.
PORT, NATS_PORT, AWS_PORT = 8000, 1, 1
