"""This process's Celery app, pointed at the SQS server of the tests for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery

from orders_site.celery.application import app, broker_url, transport_options


@contextmanager
def celery_on_sqs() -> Iterator[Celery]:
    before = {key: app.conf[key] for key in ("broker_url", "broker_transport_options")}
    app.conf.update(broker_url=broker_url(), broker_transport_options=transport_options())
    app._after_fork()  # type: ignore[attr-defined]  # It forgets its connections.
    yield app
    app.conf.update(before)
    app._after_fork()  # type: ignore[attr-defined]
