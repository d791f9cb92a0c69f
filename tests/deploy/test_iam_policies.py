"""`deploy/iam/`: each service does its work on moto's server, which records what that takes."""

import sysconfig
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from apps.images import deletion, services, uploads
from apps.images.jobs import QUEUE as JOBS
from apps.images.models import Photo
from apps.messaging.brokers import sqs
from apps.messaging.contracts.declared import declared_contracts
from apps.messaging.contracts.declaring import ContractKind
from apps.messaging.jobs import job_queue, receipts
from apps.messaging.jobs.celery_queue import QUEUE as MAILS
from apps.messaging.jobs.job_queue import JobQueue, OutgoingJob
from apps.messaging.recovery import collector
from apps.notifications.models import Mail
from apps.notifications.tasks import ask_to_send, reconcile
from orders_site.celery.application import app, broker_url, transport_options
from orders_site.conf.environment import Environment
from orders_site.conf.picture_storage import kept_pictures
from tests.deploy.aws_calls import BUCKET, POLICIES, Right, calls_in, rights_of
from tests.images.drawn import draw, encode, make_photo
from tests.notifications.celery_processes import WORKER, start_celery, until_ready
from tests.notifications.mails import make_mail
from tests.support.moto_server import MotoServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.one_database

QUEUES: list[JobQueue] = [
    queue
    for path in settings.MESSAGING_QUEUES
    if (queue := import_string(path)).name not in settings.STATUS_OMITS
]
# A stop that finds a task not begun gives it back; the usual work has no such thing.
RARE: dict[str, set[Right]] = {
    "celery": {("sqs:ChangeMessageVisibility", "arn:aws:sqs:eu-west-2:123456789012:celery")}
}


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "recording"
    monkeypatch.setenv("MOTO_ENABLE_RECORDING", "true")
    monkeypatch.setenv("MOTO_RECORDER_FILEPATH", str(file))
    return file


@pytest.fixture
def server(recording: Path, settings: Settings) -> Iterator[MotoServer]:
    # Of its own: a fork of one that has loaded moto would not see the variables.
    server = MotoServer(program=Path(sysconfig.get_path("scripts")) / "moto_server")
    server.start()
    settings.AWS_ENDPOINT_URL = server.url
    settings.SQS_WAIT_SECONDS = 1
    before = {key: app.conf[key] for key in ("broker_url", "broker_transport_options")}
    yield server
    app.conf.update(before)
    app._after_fork()  # type: ignore[attr-defined]  # It forgets its connections.
    forget_clients()
    server.stop()


@pytest.fixture
def be(server: MotoServer, settings: Settings) -> Callable[[str], None]:
    """Make this process the named service, which its access key bears the name of."""

    def be(service: str) -> None:
        settings.AWS_ACCESS_KEY_ID = settings.AWS_SECRET_ACCESS_KEY = service
        env = Environment(
            {
                "MEDIA_STORAGE": "s3",
                "MEDIA_BUCKET": BUCKET,
                "AWS_DEFAULT_REGION": "eu-west-2",
                "AWS_ENDPOINT_URL": server.url,
                "AWS_ACCESS_KEY_ID": service,
                "AWS_SECRET_ACCESS_KEY": service,
            }
        )
        settings.STORAGES = settings.STORAGES | {"images": kept_pictures(env).storage}
        forget_clients()
        app.conf.update(broker_url=broker_url(), broker_transport_options=transport_options())
        app._after_fork()  # type: ignore[attr-defined]

    return be


def forget_clients() -> None:
    sqs._client_of.cache_clear()
    sqs._url_of.cache_clear()


def make_bucket(server: MotoServer) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nobody",
    )
    client.create_bucket(Bucket=BUCKET)


def send(*queues: str) -> None:
    job_queue.send_batch(
        [OutgoingJob(queue=queue, message_id="1", headers={}, body="{}") for queue in queues]
    )


def take(*queues: str, hide_first: bool = False) -> None:
    for queue in queues:
        (job,) = receipts.receive(queue, at_most=1, wait_seconds=1)
        if hide_first:
            receipts.change_visibility([job], seconds=5)
        receipts.delete([job])


def reject_a_photo() -> None:
    """What staff's form does where another field is wrong: the file that is stored is deleted."""
    accepted = uploads.accept_photo(sku="A", file=ContentFile(encode(draw())))
    with pytest.raises(ValueError, match="too many"), uploads.recording(accepted):
        raise ValueError("too many")


def carry_photos(be: Callable[[str], None]) -> None:
    be("web")
    reject_a_photo()
    photo = make_photo(encode(draw(300, 200), "PNG"))
    be("preview_resizer")
    services.make_preview(id=photo.pk)
    be("web")
    shown = storages["images"].url(Photo.objects.get().preview_key)
    urllib.request.urlopen(shown, timeout=60).close()
    for queue in QUEUES:
        job_queue.counts(queue)
    be("outbox_relay")
    send(*(queue.name for queue in QUEUES))
    be("image_resizer")
    take(JOBS.name, hide_first=True)
    services.make_renditions(id=photo.pk)
    be("web")
    deletion.delete_photos([photo.pk])


def work_on_other_queues(be: Callable[[str], None]) -> None:
    """Each worker that a contract names takes a job of its queue."""
    for contract in declared_contracts():
        if contract.kind is ContractKind.JOB and contract.address != JOBS.name:
            for worker in contract.consumers:
                be(worker)
                take(contract.address, hide_first=True)


def bury(be: Callable[[str], None]) -> None:
    be("nobody")
    take(MAILS.name)
    dead = [queue.dead_letter_name for queue in QUEUES]
    send(*dead)
    be("dead_letter_collector")
    for queue in QUEUES:
        collector.check_whole(queue)
    take(*dead)


def mail(be: Callable[[str], None], server: MotoServer, folder: Path) -> None:
    """One mail that the consumer asks for, and one that reconciling finds."""
    mails = [make_mail(), make_mail()]
    be("notification_consumer")
    ask_to_send(mails[:1])
    Mail.objects.filter(pk=mails[1].pk).update(due_at=timezone.now() - timedelta(hours=1))
    be("beat")
    reconcile.delay()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DEMO_AWS_ACCESS_KEY_ID", "celery")
        environment.setenv("DEMO_AWS_SECRET_ACCESS_KEY", "celery")
        worker = start_celery(server, *WORKER, instance="1", mail=folder)
    with until_ready(worker):
        unsent = Mail.objects.filter(state=Mail.State.DUE)
        eventually(lambda: not unsent.exists(), within=30, what="both mails are sent")


@pytest.mark.django_db(transaction=True)
def test_a_policy_allows_exactly_the_calls_of_its_service(
    server: MotoServer, recording: Path, be: Callable[[str], None], tmp_path: Path
) -> None:
    make_bucket(server)
    be("provision")
    for queue in QUEUES:
        job_queue.provision(queue)
    carry_photos(be)
    work_on_other_queues(be)
    bury(be)
    mail(be, server, tmp_path / "mail")
    called = calls_in(recording)
    del called["nobody"]
    assert called == {service: rights_of(service) - RARE.get(service, set()) for service in called}
    assert set(called) == {path.stem for path in POLICIES.glob("*.json")}


def test_no_policy_allows_a_wildcard() -> None:
    rights = {right for path in POLICIES.glob("*.json") for right in rights_of(path.stem)}
    assert [right for right in rights if "*" in right[0] or right[1].endswith(":*")] == []


def test_only_provision_may_create_queues() -> None:
    makers = {
        path.stem
        for path in POLICIES.glob("*.json")
        if {"sqs:CreateQueue", "sqs:SetQueueAttributes"}
        & {right[0] for right in rights_of(path.stem)}
    }
    assert makers == {"provision"}
