"""`nats stream add`, `ls`, `info`, `get`, `view`: streams from the terminal."""

import base64
from typing import Any

from apps.lab.terminal import rights
from apps.lab.terminal.nats_missing import picking_stream
from apps.lab.terminal.nats_stream_info import show_stream
from apps.lab.terminal.nats_text import (
    ago,
    as_json,
    boxed,
    clock,
    day_and_time,
    header_lines,
    moment,
    size,
    text_of,
)
from apps.lab.terminal.tool import LineValues, Screen
from apps.lab.terminal.words import NotUnderstood
from apps.messaging.by_hand.nats_at_terminal import NatsByHand, by_hand
from apps.messaging.by_hand.nats_messages import JetStreamApiError, NatsError

NO_MESSAGE = 10037
ONE_MINUTE = 60_000_000_000


async def add(given: LineValues, screen: Screen) -> None:
    """Create the stream with what the flags say, and the defaults of the real command."""
    stream = given["stream"]
    rights.check_stream(stream, f"STREAM.CREATE.{stream}")
    if not given["defaults"]:
        screen.say("(The real command asks for what no flag says. Here the defaults are taken.)")
    config = {
        "name": stream,
        "subjects": [word for each in given["subjects"] for word in each.split(",")],
        "storage": given["storage"],
        "retention": given["retention"],
        "discard": given["discard"],
        "max_age": given["max-age"],
        "max_msgs": given["max-msgs"],
        "max_bytes": given["max-bytes"],
        "duplicate_window": given["dupe-window"] or 2 * ONE_MINUTE,
        "num_replicas": given["replicas"],
        "allow_direct": True,
    }
    async with by_hand() as nats:
        try:
            found = await nats.api(f"STREAM.CREATE.{stream}", **config)
        except JetStreamApiError as error:
            raise NatsError(f"could not create Stream: {error}") from error
    screen.say(f"Stream {stream} was created")
    screen.say()
    show_stream(found, screen)


async def list_all(given: LineValues, screen: Screen) -> None:
    async with by_hand() as nats:
        streams = (await nats.api("STREAM.LIST")).get("streams") or []
    if given["names"]:
        for each in streams:
            screen.say(each["config"]["name"])
        return
    rows = [
        [
            each["config"]["name"],
            each["config"].get("description", ""),
            day_and_time(moment(each["created"])),
            f"{each['state']['messages']:,}",
            size(each["state"]["bytes"]),
            ago(moment(each["state"]["last_ts"])) if each["state"]["messages"] else "never",
        ]
        for each in sorted(streams, key=lambda each: each["config"]["name"])
    ]
    headings = ["Name", "Description", "Created", "Messages", "Size", "Last Message"]
    for line in [*boxed("Streams", headings, rows), ""]:
        screen.say(line)


async def info(given: LineValues, screen: Screen) -> None:
    stream = given["stream"]
    async with by_hand() as nats:
        with picking_stream(stream):
            found = await nats.api(f"STREAM.INFO.{stream}")
    if given["json"]:
        screen.say(as_json(found))
        return
    show_stream(found, screen)


async def get(given: LineValues, screen: Screen) -> None:
    """Print one message, by its sequence or as the last one of a subject."""
    stream, last_for = given["stream"], given["last-for"]
    if not last_for and given["id"] is None:
        raise NotUnderstood("Name a sequence, or a subject with --last-for.", code=1)
    asked = {"last_by_subj": last_for} if last_for else {"seq": given["id"]}
    what = f"{stream}#{-1 if last_for else given['id']}"
    async with by_hand() as nats:
        try:
            with picking_stream(stream):
                message = (await nats.api(f"STREAM.MSG.GET.{stream}", **asked))["message"]
        except JetStreamApiError as error:
            raise NatsError(f"could not retrieve {what}: {error}") from error
    at = moment(message["time"])
    screen.say(
        f"Item: {stream}#{message['seq']} received {at:%Y-%m-%d %H:%M:%S.%f} +0000 UTC ({ago(at)}) "
        f"on Subject {message['subject']}"
    )
    screen.say()
    headers = header_lines(_headers(message), "  ")
    body = text_of(base64.b64decode(message.get("data", "")))
    for line in [*(["Headers:", *headers, ""] if headers else []), body, "", ""]:
        screen.say(line)


async def view(given: LineValues, screen: Screen) -> None:
    """Print a page of a stream, from its first message or from `--id` on."""
    stream, sequence = given["stream"], given["id"] or 1
    async with by_hand() as nats:
        for _ in range(given["size"]):
            with picking_stream(stream):
                message = await _next(nats, stream, sequence, given["subject"])
            if message is None:
                screen.say(f"{clock()} Reached apparent end of data")
                return
            sequence = message["seq"] + 1
            _show_stored(message, given, screen)
    screen.say(f"(The next page: nats stream view {stream} --id {sequence})")


async def _next(
    nats: NatsByHand, stream: str, sequence: int, subject: str
) -> dict[str, Any] | None:
    """Return the first stored message from a sequence on; None after the last one."""
    try:
        found = await nats.api(
            f"STREAM.MSG.GET.{stream}", seq=sequence, next_by_subj=subject or ">"
        )
    except JetStreamApiError as error:
        if error.code != NO_MESSAGE:
            raise
        return None
    message: dict[str, Any] = found["message"]
    return message


def _show_stored(message: dict[str, Any], given: LineValues, screen: Screen) -> None:
    body, headers = text_of(base64.b64decode(message.get("data", ""))), _headers(message)
    if given["raw"]:
        screen.say(body)
        return
    received = day_and_time(moment(message["time"]))
    screen.say(f"[{message['seq']}] Subject: {message['subject']} Received: {received}")
    above = ["", *header_lines(headers, "  ")] if headers else []
    for line in [*above, body, "", ""]:
        screen.say(line)


def _headers(message: dict[str, Any]) -> dict[str, str]:
    lines = base64.b64decode(message.get("hdrs", "")).decode(errors="replace").split("\r\n")[1:]
    return {
        name: value.strip() for name, _, value in (each.partition(":") for each in lines) if name
    }
