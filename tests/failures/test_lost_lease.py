"""SQS gives a running job to another worker: the work stops, and nothing is deleted."""

import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import pytest
from pytest_django.fixtures import Settings

from apps.images import jobs, sandbox, services
from apps.images.answers import Limits, Rendered
from apps.images.exchange import Check
from apps.images.models import Photo, Rendition
from apps.messaging import hooks
from apps.messaging.jobs import in_flight
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import provision
from apps.messaging.jobs.receipts import delete
from apps.messaging.jobs.worker import working
from apps.messaging.models import DeadLetter, FailedDelivery
from tests.images import hostile_decoder
from tests.images.drawn import make_photo
from tests.images.test_image_resizer import type_in
from tests.images.test_sandbox import children, is_running
from tests.messaging.support.jobs import is_empty
from tests.support.moto_server import MotoServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = jobs.QUEUE


class Receipts:
    """The receipts of the workers, and their delete requests to SQS."""

    def __init__(self) -> None:
        self.received: list[ReceivedJob] = []
        self.deleted: list[str] = []

    def resize(self, job: ReceivedJob) -> None:
        self.received.append(job)
        jobs.resize(job)

    def delete(self, done: Sequence[ReceivedJob]) -> list[ReceivedJob]:
        self.deleted += [job.receipt_handle for job in done]
        return delete(done)


@pytest.fixture
def receipts(
    sqs_server: MotoServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Receipts:
    settings.SQS_VISIBILITY_TIMEOUT = 7
    provision(QUEUE)
    receipts = Receipts()
    monkeypatch.setattr(in_flight, "delete", receipts.delete)
    return receipts


@pytest.fixture
def photo() -> Photo:
    return make_photo()


@pytest.fixture
def first_decoder(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The picture that is decoded first takes a minute; the decoder's pid, once it is at work."""
    pids: list[int] = []
    ask, tasks = sandbox._asked, iter(["hang"])

    def asked(task: str, data: bytes, limits: Limits, check: Check) -> list[Rendered]:
        return ask(next(tasks, task), data, limits, check)

    def start() -> "subprocess.Popen[bytes]":
        decoder = hostile_decoder.start()
        pids.append(decoder.pid)
        return decoder

    monkeypatch.setattr(sandbox, "_asked", asked)
    monkeypatch.setattr(sandbox, "_start", start)
    monkeypatch.setattr(sandbox, "_idle", [])
    yield pids
    sandbox._idle.clear()


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each rendition was written."""
    names, store = Counter[str](), services._store

    def count(photo: Photo, name: str, made: Rendered) -> str:
        names[name] += 1
        return store(photo, name, made)

    monkeypatch.setattr(services, "_store", count)
    return names


@contextmanager
def without_heartbeat_of(job: ReceivedJob) -> Iterator[None]:
    """As if the process that holds it was paused; the heartbeat of others goes on."""

    def skip(point: str, messages: Sequence[object], _: Mapping[str, object]) -> bool:
        return point == "job.heartbeat" and job in messages

    hooks.attach_everywhere(skip)
    try:
        yield
    finally:
        hooks.attach_everywhere(None)


def test_a_job_with_a_lost_lease_is_done_once_by_another_worker(
    receipts: Receipts, photo: Photo, first_decoder: list[int], stored: Counter[str]
) -> None:
    type_in(f'{{"task": "resize", "id": {photo.pk}}}')
    worker = partial(working, QUEUE, receipts.resize, concurrency=1)
    with running(worker(), name="first"):
        (child,) = eventually(lambda: first_decoder and children(first_decoder[0]))
        (held,) = receipts.received
        with without_heartbeat_of(held), running(worker(), name="second"):
            eventually(lambda: receipts.deleted, within=30, what="the other has done it")
            eventually(lambda: is_empty(QUEUE), what="and it is deleted")
            assert is_running(child), "without its heartbeat it does not know"
        eventually(lambda: not is_running(child), within=15, what="the decoder's child is gone")
        eventually(lambda: not is_running(first_decoder[0]), within=15, what="and the decoder")
    first, second = receipts.received
    assert (first.lease.is_lost, second.lease.is_lost) == (True, False)
    assert receipts.deleted == [second.receipt_handle]
    assert Photo.objects.get().status == "ready"
    assert (len(stored), set(stored.values())) == (Rendition.objects.count(), {1})
    assert not DeadLetter.objects.exists()
    assert not FailedDelivery.objects.exists()
