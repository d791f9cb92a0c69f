"""A Celery worker whose SQS has a certificate of an authority of our own."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from apps.messaging.brokers import sqs
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from apps.notifications.tasks import send_mail
from tests.notifications.celery_processes import WORKER, mails_in, start_celery, until_ready
from tests.notifications.mails import make_mail
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.certificates import Authority
from tests.support.moto_server import MotoServer
from tests.support.processes import ROOT
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def sqs_by_tls(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Iterator[MotoServer]:
    """The server with the queue; this process and those that it starts trust the authority."""
    server = MotoServer(certificate=authority.issue("server"))
    server.start()
    settings.AWS_ENDPOINT_URL = server.url
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.file))
    sqs._forget_the_account()
    job_queue.provision(QUEUE)
    yield server
    server.stop()
    sqs._forget_the_account()


def in_production() -> dict[str, str]:
    """Return the example's values: a demo forgets botocore's variables."""
    text = (ROOT / ".env.example").read_text()
    example = dict(re.findall(r"^([A-Z][A-Z0-9_]*)=(.+)$", text, re.MULTILINE))
    keys = dict.fromkeys(("SECRET_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "k1" * 30)
    other = (
        "DATABASE_URL",
        "AWS_ENDPOINT_URL",
        "EMAIL_URL",
        "SQS_WAIT_SECONDS",
        "CELERY_QUEUE_URL",
    )
    values = example | keys | {"DEMO": "false", "NATS_URL": "nats://shop:pw@127.0.0.1:9"}
    values["AWS_DEFAULT_REGION"] = settings.AWS_REGION
    return {name: value for name, value in values.items() if name not in other}


def test_a_worker_polls_an_sqs_with_an_authority_of_our_own(
    sqs_by_tls: MotoServer, tmp_path: Path
) -> None:
    """Kombu's own poll trusts certifi's list alone: tasks were sent, and none was taken."""
    mail = make_mail()
    worker = start_celery(sqs_by_tls, *WORKER, instance="1", mail=tmp_path, **in_production())
    with until_ready(worker):
        with celery_on_sqs():
            send_mail.delay(mail.id)
        eventually(lambda: mail.key in mails_in(tmp_path))
