"""Every setting, read from the environment (`conf/environment.py` says how).

With `DEMO=true` each has a default that fits `manage.py demo`; else some must be given.
"""

import os
from pathlib import Path

from orders_site.conf import (
    cookies,
    links,
    longest_times,
    messaging,
    pages,
    pruning,
    retries,
    traces,
    worker_processes,
)
from orders_site.conf.celery_variables import obeyed_by_celery
from orders_site.conf.database import SQLITE, database_from
from orders_site.conf.demo_defaults import ELSEWHERE, OTHER_ACCOUNTS, at_home, forget_others
from orders_site.conf.environment import Environment
from orders_site.conf.local_hosts import HOSTS, ORIGINS, ask_directly
from orders_site.conf.logs import LEVELS, STYLES, logging_config
from orders_site.conf.mailers import LONGEST_CLAIM, claim_of, mailer_from
from orders_site.conf.picture_storage import kept_pictures
from orders_site.conf.readers import mail_domain
from orders_site.conf.web_security import PASSWORD_VALIDATORS, content_security_policy, secret_keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)

# --- How this process runs ---------------------------------------------------------------

DEMO = env.bool("DEMO", default=False)
DEMO_DIR = Path(env.like("DEMO_DIR", ".+", "a folder", str(BASE_DIR / ".demo"))).absolute()
PORT = env.port("PORT", default=8000)
NATS_PORT = env.port("NATS_PORT", default=4222)
AWS_PORT = env.port("AWS_PORT", default=4566)
DEMO_HISTORY = env.bool("DEMO_HISTORY", default=DEMO)  # fourteen days of orders, in an empty shop
DEMO_ELSEWHERE, DEMO_OTHER_ACCOUNTS = ELSEWHERE, OTHER_ACCOUNTS
DEMO_POINTS_ELSEWHERE: list[str] = []  # With any of these `manage.py demo` does not start.
env.require_unset(obeyed_by_celery(os.environ), "Celery would obey it by itself")
if DEMO:
    forget_others(os.environ)
    env, DEMO_POINTS_ELSEWHERE = at_home(env, DEMO_DIR, nats_port=NATS_PORT, aws_port=AWS_PORT)

DEBUG = env.bool("DEBUG", default=False)
PAGES = env.bool("PAGES", default=True)
SECRET_KEY, *SECRET_KEY_FALLBACKS = secret_keys(env, signs=PAGES)
ALLOWED_HOSTS = env.each_like("ALLOWED_HOSTS", *HOSTS)
CSRF_TRUSTED_ORIGINS = env.each_like("CSRF_TRUSTED_ORIGINS", *ORIGINS, default=[])
LOG_LEVEL = env.choice("LOG_LEVEL", LEVELS, "INFO")
TRACES_URL, LOGS_URL = traces.urls(env)  # apps/messaging/tracing; empty: not sent
LOGGING = logging_config(
    style=env.choice("LOG_FORMAT", STYLES, "console"), level=LOG_LEVEL, is_sent=bool(LOGS_URL)
)
LIVE_LOG_LEVEL_FILE = env.str("LIVE_LOG_LEVEL_FILE", default="") or (
    str(DEMO_DIR / "log_level") if DEMO else ""
)
TRACE_VIEWER = env.like(
    "TRACE_VIEWER", r"https?://\S*\{trace\}\S*", "like https://HOST/{trace}", default=""
)
PLAINTEXT_LINKS = links.plaintext_links(env)
TRACE_CALLERS = traces.trusted_callers(env)  # orders_site/http/traced.py

# --- The parts ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "apps.messaging",
    "apps.images",
    "apps.catalog",
    "apps.pricing",
    "apps.orders",
    "apps.fulfilment",
    "apps.notifications",
    "apps.sales",
    "apps.demo",
    "apps.start_project",
    "apps.scaffold",
    "orders_site",
]
if PAGES:
    # A worker in a container needs no pages, and saves an eighth of its memory without them.
    INSTALLED_APPS = ["django.contrib.admin", "django_htmx", "ninja", *INSTALLED_APPS]
MIDDLEWARE, TEMPLATES = [*pages.MIDDLEWARE], pages.TEMPLATES
ROOT_URLCONF = "orders_site.urls" if PAGES else "orders_site.http.urls_without_pages"
WSGI_APPLICATION = "orders_site.wsgi.application"
_database = env.database("DATABASE_URL")
_limits = links.session_limits(env, on_sqlite=_database["ENGINE"] == SQLITE)
DATABASES = {"default": database_from(_database, _limits)}

# --- Messaging ---------------------------------------------------------------------------

NATS_URL = env.nats("NATS_URL")
NATS_SECURITY = links.nats_security(env)
NATS_PASSWORD_DEVELOPER = env.str("NATS_PASSWORD_DEVELOPER", default="demo")
NATS_INBOX_PREFIX = env.like(
    "NATS_INBOX_PREFIX", r"[\w-]+(\.[\w-]+)*", "words with dots between", default="_INBOX"
)
STREAM_REPLICAS = env.int("STREAM_REPLICAS", default=1)
PRICE_LOOKUP_TIMEOUT = env.float("PRICE_LOOKUP_TIMEOUT", default=1.0)
PRICE_REFRESH_SECONDS = env.float("PRICE_REFRESH_SECONDS", default=30.0, at_most=longest_times.DAY)

AWS_ENDPOINT_URL = env.http_url("AWS_ENDPOINT_URL", default="")
AWS_REGION = env.region("AWS_DEFAULT_REGION")
AWS_ACCESS_KEY_ID = env.key("AWS_ACCESS_KEY_ID")
AWS_SECRET_ACCESS_KEY = env.key("AWS_SECRET_ACCESS_KEY")
AWS_SESSION_TOKEN = env.key("AWS_SESSION_TOKEN")
ask_directly(AWS_ENDPOINT_URL, os.environ)
QUEUE_PREFIX = env.str("QUEUE_PREFIX", default="")  # where several shops share an account
SQS_WAIT_SECONDS = env.int("SQS_WAIT_SECONDS", default=20)
SQS_VISIBILITY_TIMEOUT = env.int(
    "SQS_VISIBILITY_TIMEOUT", default=60, at_least=0 if DEMO else 30, at_most=43_200
)
CELERY_QUEUE_URL = env.queue_url("CELERY_QUEUE_URL")  # empty: the stand-in's usual one
RETRIES, KEPT = retries.read(env, demo=DEMO), pruning.read(env)
LONGEST_TIMES = longest_times.read(env)
RECONCILE_AFTER = env.int("RECONCILE_AFTER", default=120, at_least=4, at_most=longest_times.DAY)

MESSAGING_NAMES = {"prefix": "shop", "key": "order"}  # on the wire and in metrics
MESSAGING_STREAMS = [*messaging.STREAMS]
MESSAGING_CONSUMERS = [*messaging.CONSUMERS]
MESSAGING_QUEUES = [*messaging.QUEUES]
MESSAGING_CONTRACTS = [*messaging.CONTRACTS]
STATUS_PARTS = {"orders": "apps.orders.waiting", "mails": "apps.notifications.waiting"}

WORKERS = worker_processes.WORKERS
WORKER_INSTANCE = env.like("WORKER_INSTANCE", r".{0,128}", "at most 128 letters", default="")
FAILPOINTS = env.str("FAILPOINTS", default="")  # hooks/faults.py; in the demo and tests alone
HEALTH_FILE = env.touched("HEALTH_FILE")
METRICS_PORT = env.int("METRICS_PORT", default=0, at_least=0, at_most=65_535)  # 0: none
METRICS_HOST = env.like("METRICS_HOST", r"[\w.:-]+", "an address", default="127.0.0.1")

# The lab breaks messages on purpose, in the demo alone. Without its folder it is off.
LAB = DEMO and (BASE_DIR / "apps" / "lab" / "apps.py").exists()
STATUS_OMITS = ["LAB", "lab"] if LAB else []
LAB_NATS_URL = env.nats("LAB_NATS_URL", default=NATS_URL)
SUPERVISOR_SOCKET = DEMO_DIR / "demo.socket"  # where it obeys the lab's page; see apps/demo
LAB_TERMINAL_SECONDS = env.float("LAB_TERMINAL_SECONDS", default=300.0, at_least=1, at_most=600)
if LAB:
    INSTALLED_APPS.append("apps.lab")
    MIDDLEWARE.insert(0, "apps.lab.live.in_web")
    MESSAGING_STREAMS.append("apps.lab.messages.LAB")
    MESSAGING_CONSUMERS.append("apps.lab.handlers.CONSUMER")
    MESSAGING_QUEUES.append("apps.lab.messages.QUEUE")

# --- Files, mail, web --------------------------------------------------------------------

STATIC_URL, MEDIA_URL = "/static/", "/media/"
STATIC_ROOT = env.str("STATIC_ROOT", default="") or ("" if DEMO else str(BASE_DIR / "static"))
MEDIA_ROOT = env.str("MEDIA_ROOT", default="")
PHOTO_MAX_BYTES = env.int("PHOTO_MAX_BYTES", default=10 << 20, at_least=1, at_most=256 << 20)
PICTURES = kept_pictures(env)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "images": PICTURES.storage,
    "staticfiles": {"BACKEND": "orders_site.http.static_files.CollectedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
if not STATIC_ROOT:
    # Served from the apps' folders: collecting and compressing would take seconds.
    WHITENOISE_USE_FINDERS = True
    STORAGES["staticfiles"] = {"BACKEND": "orders_site.http.static_files.FilesAsTheyLie"}
MAILERS = {"default": mailer_from(env.email("EMAIL_URL"))}
LONGEST_MAIL_CLAIM = LONGEST_CLAIM
MAIL_HOST = MAILERS["default"]["OPTIONS"].get("host", "")
MAIL_CLAIM = claim_of(MAILERS["default"])  # how long one task may send a mail
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", default="shop@example.com")
MAIL_DOMAIN = mail_domain(DEFAULT_FROM_EMAIL)  # of each Message-ID
SITE_URL = env.site("SITE_URL", default=f"http://127.0.0.1:{PORT}" if DEMO else "")  # for mails
LANGUAGE_CODE, TIME_ZONE, CURRENCY = "en-gb", "UTC", "GBP"
LOGIN_URL, AUTH_PASSWORD_VALIDATORS = "admin:login", PASSWORD_VALIDATORS

CHECKOUT_RATE = env.str("CHECKOUT_RATE", default="20/second")
UPLOAD_RATE = env.str("UPLOAD_RATE", default="5/second")
LOGIN_RATE = env.str("LOGIN_RATE", default="10/minute")
RATE_LIMIT_STORAGE = env.store("RATE_LIMIT_STORAGE", default="memory://")
URL_PATH_PREFIX = env.like("GRANIAN_URL_PATH_PREFIX", "(/[^/?#]+)*/?", "like /shop", default="")
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = cookies.cookie_names(PORT if DEMO else None)
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = URL_PATH_PREFIX.rstrip("/") or "/"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
PROXY_COUNT = env.int("PROXY_COUNT", default=1, at_most=100)
DATA_UPLOAD_MAX_MEMORY_SIZE = 128 * 1024  # bytes; a photo's: orders_site/http/request_limits.py
BODY_SECONDS = env.float("BODY_SECONDS", default=10.0)  # for a body to arrive; a photo gets more
SECURE_CSP = content_security_policy(PICTURES.origins)
if not DEMO:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000, at_least=0, at_most=2**31)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
    SILENCED_SYSTEM_CHECKS = ["security.W021"]  # Preloading is for the whole domain's owner to say.
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
