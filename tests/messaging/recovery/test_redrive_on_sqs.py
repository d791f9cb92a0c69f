"""A redriven job on a real SQS server: through the outbox to its queue, and to its worker."""

from collections.abc import Iterator

import pytest

from apps.messaging.errors import MessageUnreadable
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.worker import working
from apps.messaging.models import DeadLetter
from apps.messaging.outbox.relay import relaying
from apps.messaging.recovery.redrive import redrive
from tests.messaging.support.jobs import CUPS, send
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


class Sink:
    """A handler that fails until it is fixed."""

    def __init__(self) -> None:
        self.is_blocked = True
        self.washed: list[ReceivedJob] = []

    def wash(self, job: ReceivedJob) -> None:
        if self.is_blocked:
            raise MessageUnreadable("the sink is blocked")
        self.washed.append(job)


@pytest.fixture
def sink(nats_server: NatsServer, sqs_server: MotoServer) -> Iterator[Sink]:
    job_queue.provision(CUPS)
    sink = Sink()
    with running(relaying, name="relay"), running(working(CUPS, sink.wash), name="sink"):
        yield sink


def bury_one() -> DeadLetter:
    send('{"cup": 7}')
    letter = eventually(DeadLetter.objects.first)
    assert letter
    return letter


def test_a_redriven_job_runs_after_the_fix(sink: Sink) -> None:
    letter = bury_one()
    sink.is_blocked = False
    redrive(id=letter.pk)
    (job,) = eventually(lambda: sink.washed)
    assert (job.message_id, job.body, job.headers) == (
        letter.message_id,
        '{"cup": 7}',
        letter.headers,
    )


def test_a_redriven_job_without_a_fix_is_the_same_dead_letter(sink: Sink) -> None:
    redrive(id=bury_one().pk)
    eventually(DeadLetter.objects.filter(state="dead").exists)
    letter = DeadLetter.objects.get()
    assert (letter.attempts, letter.redrives) == (2, 1)
