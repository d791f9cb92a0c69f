"""Tasks that go to SQS together: a request takes ten messages, and kombu (5.7) sends one in each.

A request takes longer than everything else that a row with a task needs, so code with many rows
enqueues their tasks in one block:

    with app.producer_or_acquire() as producer, producer.channel.together() as errors:
        for mail_id in mail_ids:
            send_mail.apply_async((mail_id,), producer=producer)

Each task is still a message of its own, with its own retries and its own dead letter.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import batched, groupby
from typing import Any, NamedTuple

from kombu.transport import SQS
from kombu.utils.functional import retry_over_time

from apps.messaging.brokers.sqs import BATCH, CallRejected, left_out, reaching_sqs
from apps.messaging.errors import BrokerAway

AGAIN_AFTER_SECONDS = 0.2
"""A request without an answer is repeated once. kombu repeats a single task once too, at once."""


class _Kept(NamedTuple):
    """A message that waits for the end of its block: the arguments of SQS's SendMessage."""

    client: Any
    queue_url: str
    entry: dict[str, Any]


class _KeepingClient:
    """Stands for the client of SQS: kombu gives it each message, with attributes and delay."""

    def __init__(self, client: Any, kept: list[_Kept]) -> None:
        self._client, self._kept = client, kept

    def send_message(self, **arguments: Any) -> None:
        self._kept.append(_Kept(self._client, arguments.pop("QueueUrl"), arguments))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)  # kombu counts a queue before it first sends there.


class BatchingChannel(SQS.Channel):
    """Keeps the messages of a block, and sends them at its end."""

    _kept: list[_Kept] | None = None

    @contextmanager
    def together(self) -> Iterator[dict[int, str]]:
        """Send the tasks that the block enqueues at its end, ten in a request.

        Yields a dictionary. After the block it has the tasks that SQS has not taken: the place of
        each, from 0, and why. Once SQS is away, no further request waits for it. If the block
        raises, none of its tasks is sent.
        """
        errors: dict[int, str] = {}
        kept = self._kept = []
        try:
            yield errors
        finally:
            self._kept = None
        done = 0
        try:
            for _, of_a_queue in groupby(kept, lambda each: each.queue_url):
                for batch in batched(of_a_queue, BATCH):
                    failed = _send_soon(batch)
                    errors |= {done + place: why for place, why in failed.items()}
                    done += len(batch)
        except BrokerAway as error:
            errors |= dict.fromkeys(range(done, len(kept)), str(error))

    def sqs(self, queue: str | None = None) -> Any:
        """Return the client of SQS; inside the block the one that keeps what kombu sends."""
        client = super().sqs(queue=queue)
        return client if self._kept is None else _KeepingClient(client, self._kept)


def _send_soon(batch: Sequence[_Kept]) -> dict[int, str]:
    """Do as `_send`, twice if SQS is away."""
    failed: dict[int, str] = retry_over_time(
        _send, (BrokerAway,), args=[batch], max_retries=1, interval_start=AGAIN_AFTER_SECONDS
    )
    return failed


def _send(batch: Sequence[_Kept]) -> dict[int, str]:
    """Send up to ten messages; return the place and the error of each that SQS has not taken.

    Raises `BrokerAway`.
    """
    client, queue_url, _ = batch[0]
    entries = [{"Id": str(place), **each.entry} for place, each in enumerate(batch)]
    try:
        with reaching_sqs():
            answer = client.send_message_batch(QueueUrl=queue_url, Entries=entries)
    except CallRejected as error:
        # One message is wrong, or all are too much.
        if len(batch) == 1:
            return {0: str(error)}
        alone = [_send([each]) for each in batch]
        return {place: failed[0] for place, failed in enumerate(alone) if failed}
    failed = {int(each["Id"]): each["Code"] for each in answer.get("Failed", [])}
    return failed | left_out(answer, range(len(batch)))
