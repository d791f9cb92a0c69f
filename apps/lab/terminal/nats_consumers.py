"""`nats consumer add`, `next`, `rm` and `nats sub --stream`: a consumer of one's own."""

import json
import uuid

from apps.lab.map.typed_points import JETSTREAM, RECEIVED, SETTLED
from apps.lab.terminal import rights
from apps.lab.terminal.nats_consumer_info import show_consumer
from apps.lab.terminal.nats_core import show
from apps.lab.terminal.nats_text import NANOSECONDS, clock, day_and_time, header_lines, text_of
from apps.lab.terminal.reporting import report
from apps.lab.terminal.tool import LineValues, Screen
from apps.lab.terminal.words import NotUnderstood
from apps.messaging.by_hand.nats_at_terminal import NatsByHand, by_hand
from apps.messaging.by_hand.nats_messages import (
    AckKind,
    JetStreamApiError,
    MessageByHand,
    NatsError,
    NoAnswerCame,
    NoListener,
)

FORGOTTEN_AFTER = 60 * NANOSECONDS
"""The server drops the consumer of `sub --stream` after this time without a pull."""
EACH_PULL = 5.0
"""Seconds that `sub --stream` waits for a message before it asks again."""


async def add(given: LineValues, screen: Screen) -> None:
    """Create a pull consumer with what the flags say, and the defaults of the real command."""
    stream, name = given["stream"], given["consumer"]
    endpoint = f"CONSUMER.CREATE.{stream}.{name}"
    rights.check_consumer(stream, name, endpoint)
    if not given["defaults"]:
        screen.say("(The real command asks for what no flag says. Here the defaults are taken.)")
    config = {
        "durable_name": name,
        "name": name,
        "ack_policy": given["ack"],
        "deliver_policy": given["deliver"],
        "ack_wait": given["wait"],
        "max_deliver": given["max-deliver"],
        "filter_subject": given["filter"],
        "replay_policy": "instant",
    }
    async with by_hand() as nats:
        try:
            found = await nats.api(
                endpoint,
                stream_name=stream,
                config={key: value for key, value in config.items() if value},
            )
        except JetStreamApiError as error:
            raise NatsError(f"Consumer creation failed: {error}") from error
    show_consumer(found, screen)


async def take_next(given: LineValues, screen: Screen) -> None:
    """Pull one message, print it, and acknowledge it unless a flag says otherwise."""
    stream, name = given["stream"], given["consumer"]
    endpoint = f"CONSUMER.MSG.NEXT.{stream}.{name}"
    rights.check_consumer(stream, name, endpoint)
    async with by_hand() as nats:
        for _ in range(given["count"]):
            message = await _pull_known(nats, given)
            if message is None:
                raise NoAnswerCame("no message received: nats: timeout")
            _show_delivered(message, given, screen)
            await _settle(nats, message, given, screen)


async def _pull_known(nats: NatsByHand, given: LineValues) -> MessageByHand | None:
    """Pull from a consumer. A missing one is not subscribed to where one asks for messages."""
    stream, name = given["stream"], given["consumer"]
    endpoint = f"CONSUMER.MSG.NEXT.{stream}.{name}"
    try:
        return await _pull(nats, endpoint, seconds=given["timeout"])
    except NoListener:
        try:
            await nats.api(f"CONSUMER.INFO.{stream}.{name}")
        except JetStreamApiError as error:
            raise NatsError(f'could not load consumer "{name}": {error}') from error
        raise


async def _settle(
    nats: NatsByHand, message: MessageByHand, given: LineValues, screen: Screen
) -> None:
    kind: AckKind = "+ACK"
    says = "Acknowledged message"
    if given["nak"]:
        kind, says = "-NAK", "Negative Acknowledged message"
    elif given["term"]:
        kind, says = "+TERM", "Terminated message"
    elif not given["ack"]:
        return
    await nats.settle(message.reply, kind, seconds=given["timeout"])
    report(SETTLED, message.subject, message.body, headers=message.headers, by=JETSTREAM)
    if not given["raw"]:
        screen.say()
        screen.say(says)
        screen.say()


def _show_delivered(message: MessageByHand, given: LineValues, screen: Screen) -> None:
    at, body = message.delivered, text_of(message.body)
    if given["raw"] or at is None:
        screen.say(body)
        return
    screen.say(
        f"[{clock()}] subj: {message.subject} / tries: {at.num_delivered} / cons seq: "
        f"{at.sequence.consumer} / str seq: {at.sequence.stream} / pending: {at.num_pending}"
    )
    headers = message.headers
    above = ["Headers:", "", *header_lines(headers, "  "), "", "Data:", ""] if headers else []
    for line in ["", *above, *([""] if headers else []), body]:
        screen.say(line)


async def remove(given: LineValues, screen: Screen) -> None:
    stream, name = given["stream"], given["consumer"]
    endpoint = f"CONSUMER.DELETE.{stream}.{name}"
    rights.check_consumer(stream, name, endpoint)
    if not given["force"]:
        says = "The real command asks whether you are sure. Here, add --force."
        raise NotUnderstood(says, code=1)
    async with by_hand() as nats:
        await nats.api(endpoint)


async def read_stream(given: LineValues, screen: Screen) -> None:
    """Print what a stream keeps, by a consumer that only this line knows."""
    stream, name = given["stream"], f"terminal-{uuid.uuid4().hex[:12]}"
    rights.check_consumer(stream, name, f"CONSUMER.CREATE.{stream}.{name}")
    config = {
        "name": name,
        "ack_policy": "none",
        "deliver_policy": _start(given),
        "filter_subject": given["subject"] or ">",
        "inactive_threshold": FORGOTTEN_AFTER,
        "headers_only": given["headers-only"] or given["subjects-only"],
    }
    if given["start-sequence"]:
        config |= {"deliver_policy": "by_start_sequence", "opt_start_seq": given["start-sequence"]}
    async with by_hand() as nats:
        await nats.api(f"CONSUMER.CREATE.{stream}.{name}", stream_name=stream, config=config)
        subject = given["subject"] or ">"
        screen.say(f"{clock()} Subscribing to subject {subject} {_says_where(given)} ")
        number = 0
        while number != given["count"]:
            message = await _pull(nats, f"CONSUMER.MSG.NEXT.{stream}.{name}", seconds=EACH_PULL)
            if message is not None:
                number += 1
                show(message, _received(number, message), given, screen)


def _says_where(given: LineValues) -> str:
    if given["start-sequence"]:
        return f"starting at sequence {given['start-sequence']}"
    if given["all"]:
        return "from first received message"
    return "from last received message" if given["last"] else "for new messages"


def _start(given: LineValues) -> str:
    if given["all"]:
        return "all"
    return "last" if given["last"] else "new"


def _received(number: int, message: MessageByHand) -> str:
    at = message.delivered
    assert at
    when = day_and_time(at.timestamp)
    return (
        f"[#{number}] Received JetStream message: stream: {at.stream} seq: {at.sequence.stream} / "
        f"pending: {at.num_pending} / subject: {message.subject} / time: {when}"
    )


async def _pull(nats: NatsByHand, endpoint: str, *, seconds: float) -> MessageByHand | None:
    """Return the next message of a consumer; None if none came in time."""
    asked = json.dumps({"batch": 1, "expires": int(seconds * NANOSECONDS)}).encode()
    message = await nats.request(f"$JS.API.{endpoint}", asked, seconds=seconds + 1)
    if message.status:
        if message.status != "408":
            raise NatsError(message.headers.get("Description", message.status))
        return None
    report(RECEIVED, message.subject, message.body, headers=message.headers, by=JETSTREAM)
    return message
