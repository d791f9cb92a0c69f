"""Celery on SQS: the app, its settings, its schedule. Tasks are in the apps' `tasks.py`.

Import it in every process that enqueues a task: without it `delay` looks for another broker.
"""

import os
import warnings
from urllib.parse import quote, urlsplit

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

from apps.messaging.brokers.addresses import ACCOUNT
from apps.messaging.brokers.queue_names import CELERY, name_at_sqs
from orders_site.conf import settings_module

settings_module.choose()
# The checks would load every view, which neither worker nor beat needs.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
# It may run as root in a container or a test. The warning is about pickle, which is not used.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges")

EACH_MINUTE = {"schedule": 60, "options": {"expires": 59}}
RECONCILING = {
    "schedule": settings.RECONCILE_AFTER / 2,
    "options": {"expires": settings.RECONCILE_AFTER / 2 - 1},
}


def broker_url() -> str:
    """Return the broker's URL. Without a stand-in's host and port AWS would get the first task."""
    endpoint = urlsplit(settings.AWS_ENDPOINT_URL)
    key, secret = settings.AWS_ACCESS_KEY_ID, settings.AWS_SECRET_ACCESS_KEY
    keys = f"{quote(key, safe='')}:{quote(secret, safe='')}@" if key else ""
    return f"sqs://{keys}{endpoint.netloc}//"


def transport_options() -> dict[str, object]:
    """Return kombu's options; a predefined queue needs no right to list or create queues."""
    url = settings.CELERY_QUEUE_URL
    if not url and settings.AWS_ENDPOINT_URL:
        url = f"{settings.AWS_ENDPOINT_URL}/{ACCOUNT}/{name_at_sqs(CELERY)}"
    return {
        "region": settings.AWS_REGION,
        "is_secure": not settings.AWS_ENDPOINT_URL.startswith("http://"),
        "predefined_queues": {CELERY: {"url": url}},
        "wait_time_seconds": settings.SQS_WAIT_SECONDS,
        "polling_interval": 0.2,
        "visibility_timeout": settings.SQS_VISIBILITY_TIMEOUT,
        # A caller of `delay` must not wait long for SQS: beat enqueues again what was lost.
        # kombu uses another client for a worker's long polls.
        "client-config": {
            "connect_timeout": min(2.0, settings.LONGEST_TIMES.enqueue),
            "read_timeout": settings.LONGEST_TIMES.enqueue,
            "retries": {"total_max_attempts": 1},
            "ignore_configured_endpoint_urls": True,  # see sqs.py
        },
    }


app = Celery("orders_site", task_cls="orders_site.celery.task:ShopTask")
app.conf.update(
    broker_url=broker_url(),
    broker_transport="orders_site.celery.transport:GuardedTransport",
    broker_transport_options=transport_options(),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    imports=[
        "orders_site.celery.heartbeat",
        "apps.messaging.tasks",
        "apps.images.tasks",
        "apps.orders.tasks",
        "apps.notifications.tasks",
        "apps.sales.tasks",
    ],
    task_default_queue=CELERY,
    task_create_missing_queues=False,
    task_ignore_result=True,
    # On SQS kombu (5.7) repeats once and at once, whatever number and interval are given.
    task_publish_retry_policy={"max_retries": 1},
    # Deleted from the queue after the work: a task survives the death of its worker.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_consumer="orders_site.celery.dead_letters:DeadLetteringConsumer",
    # SQS has neither.
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    timezone=settings.TIME_ZONE,
    beat_scheduler="orders_site.celery.heartbeat:HeartbeatScheduler",
    beat_max_loop_interval=5,
    beat_schedule={
        "find lost events": EACH_MINUTE | {"task": "apps.messaging.tasks.find_lost_events"},
        "clean up": EACH_MINUTE | {"task": "apps.messaging.tasks.clean_up"},
        "clean up orders": EACH_MINUTE | {"task": "apps.orders.tasks.clean_up"},
        "clean up mails": EACH_MINUTE | {"task": "apps.notifications.tasks.clean_up"},
        "reconcile mails": RECONCILING | {"task": "apps.notifications.tasks.reconcile"},
        "reconcile photos": RECONCILING | {"task": "apps.images.tasks.reconcile"},
        "report sales": {
            "task": "apps.sales.tasks.report_sales",
            # At six. Twelve and eighteen are for reports that failed or waited.
            "schedule": crontab(hour="6,12,18", minute=0),
        },
    },
)
