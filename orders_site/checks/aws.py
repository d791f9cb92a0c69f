"""System checks of SQS and S3: all clients use the same servers, in a consistent way."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

from apps.messaging.brokers.queue_names import CELERY, name_at_sqs

REAL = re.compile(r"sqs\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?")
# SQS allows 80 characters, of which `celery-dlq` takes ten:
# tests/orders_site/checks/test_startup.py.
PREFIX = re.compile(r"[A-Za-z0-9_-]{0,70}")


def errors() -> Iterator[CheckMessage]:
    yield from _of_keys()
    yield from _of_the_endpoint()
    yield from _of_the_prefix()
    yield from _of_celerys_queue()


def _of_keys() -> Iterator[CheckMessage]:
    if bool(settings.AWS_ACCESS_KEY_ID) != bool(settings.AWS_SECRET_ACCESS_KEY):
        yield Error(
            "One of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set without the other.",
            hint="Set both, or neither where the machine has a role.",
            id="orders_site.E004",
        )


def _of_the_endpoint() -> Iterator[CheckMessage]:
    endpoint = urlsplit(settings.AWS_ENDPOINT_URL)
    if endpoint.scheme == "http" and (endpoint.hostname or "").endswith(".amazonaws.com"):
        yield Error(
            f"AWS_ENDPOINT_URL={settings.AWS_ENDPOINT_URL}: the real SQS without TLS.",
            hint="Remove AWS_ENDPOINT_URL; it is for a stand-in.",
            id="orders_site.E017",
        )


def _of_the_prefix() -> Iterator[CheckMessage]:
    prefix, url = settings.QUEUE_PREFIX, settings.CELERY_QUEUE_URL
    if not PREFIX.fullmatch(prefix):
        yield Error(
            f"QUEUE_PREFIX={prefix}: SQS allows letters, digits, - and _, and 80 in a whole name.",
            hint="Set it to something like shop-a-, at most 70 long.",
            id="orders_site.E020",
        )
        return
    name = name_at_sqs(CELERY)
    if url and urlsplit(url).path.rpartition("/")[2] != name:
        yield Error(
            f"CELERY_QUEUE_URL={url} is not the queue {name}: tasks would go to one that "
            "`provision` does not make, or to another shop's.",
            hint=f"Let CELERY_QUEUE_URL end in /{name}, as QUEUE_PREFIX={prefix} has it.",
            id="orders_site.E021",
        )


def _of_celerys_queue() -> Iterator[CheckMessage]:
    url, endpoint = settings.CELERY_QUEUE_URL, settings.AWS_ENDPOINT_URL
    if not (url or endpoint):
        yield Error(
            "CELERY_QUEUE_URL is not set, and no stand-in is named by AWS_ENDPOINT_URL.",
            hint="Set CELERY_QUEUE_URL to the URL of the queue `celery`; `provision` makes it.",
            id="orders_site.E005",
        )
    if url and endpoint and urlsplit(url).netloc != urlsplit(endpoint).netloc:
        yield Error(
            f"CELERY_QUEUE_URL={url} is not at AWS_ENDPOINT_URL={endpoint}: tasks would be sent "
            "to one SQS, and jobs to another.",
            hint="Remove CELERY_QUEUE_URL for a stand-in, or AWS_ENDPOINT_URL for the real one.",
            id="orders_site.E018",
        )
    real = REAL.fullmatch(urlsplit(url).netloc)
    if real and real["region"] != settings.AWS_REGION:
        yield Error(
            f"CELERY_QUEUE_URL={url} is not in AWS_DEFAULT_REGION={settings.AWS_REGION}.",
            hint="Set AWS_DEFAULT_REGION to the region in which the queues are.",
            id="orders_site.E019",
        )
