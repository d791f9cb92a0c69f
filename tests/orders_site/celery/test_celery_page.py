"""The statements of docs/celery-on-sqs.md about Celery's settings and Django's tasks."""

import re

import pytest
from django.db import transaction
from django.tasks import TaskResultStatus, task

from apps.catalog.models import Category
from orders_site.celery import app
from tests.support.processes import ROOT

PAGE = (ROOT / "docs" / "celery-on-sqs.md").read_text()
SAID = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_acks_on_failure_or_timeout": True,
}
"""The values of Celery's settings on the page."""


def test_each_setting_on_the_page_has_the_documented_value() -> None:
    assert set(re.findall(r"`((?:task|worker)_\w+)`", PAGE)) == set(SAID)
    assert {name: app.conf[name] for name in SAID} == SAID


def test_remote_control_and_events_are_off() -> None:
    assert "Remote control, events and Flower do not work on SQS" in PAGE
    assert not app.conf.worker_enable_remote_control
    assert not app.conf.worker_send_task_events


@task
def fail_to_save() -> None:
    Category.objects.create(slug="tea", name="Tea")


@pytest.mark.django_db(transaction=True)
def test_a_failing_django_task_drops_the_later_ones_silently() -> None:
    assert "`django.tasks` with its ImmediateBackend does not replace a queue" in PAGE
    with transaction.atomic():
        Category.objects.create(slug="tea", name="Tea")
        result = fail_to_save.enqueue()
    assert result.status == TaskResultStatus.FAILED
    assert not Category.objects.exists()
