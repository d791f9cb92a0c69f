"""`nats request`, `reply` and `micro stats`: request-reply from the terminal."""

import json
import time
from itertools import count
from typing import Any

from apps.lab.map.typed_points import RECEIVED, SENT
from apps.lab.terminal import rights
from apps.lab.terminal.nats_text import body_lines, boxed, clock, duration, round_trip
from apps.lab.terminal.reporting import report
from apps.lab.terminal.tool import LineValues, Screen
from apps.messaging.brokers.message_by_hand import MessageByHand, NoListener
from apps.messaging.brokers.nats_by_hand import NatsByHand, by_hand

ANSWERED_WITHIN = 0.5
"""Seconds in which all members of a service answer."""


async def request(given: LineValues, screen: Screen) -> None:
    subject, body, headers = given["subject"], given["body"].encode(), dict(given["header"])
    rights.check_publish(subject)
    async with by_hand() as nats:
        if not given["raw"]:
            screen.say(f'{clock()} Sending request on "{subject}"')
        report(SENT, subject, body, headers=headers)
        asked = time.monotonic()
        try:
            answer = await nats.request(subject, body, headers=headers, seconds=given["timeout"])
        except NoListener:
            screen.say(f"{clock()} No responders are available")
            return
        if not given["raw"]:
            screen.say(f"{clock()} Received with rtt {round_trip(time.monotonic() - asked)}")
        report(RECEIVED, subject, answer.body, headers=answer.headers)
        lines = body_lines(answer.headers, answer.body)
        for line in lines[-3:-2] if given["raw"] else lines:
            screen.say(line)


async def reply(given: LineValues, screen: Screen) -> None:
    """Answer each request until `--count` of them have come, or the line ends."""
    subject, group = given["subject"], given["queue"]
    rights.check_subscribe(subject)
    async with by_hand() as nats:
        requests = await nats.listen(subject, queue=group)
        screen.say(f'{clock()} Listening on "{subject}" in group "{group}"')
        for number in count():
            if number == given["count"]:
                return
            message = await anext(requests)
            report(RECEIVED, subject, message.body, headers=message.headers)
            screen.say(f'{clock()} [#{number}] Received on subject "{message.subject}":')
            for line in ["", *body_lines(message.headers, message.body)[:-2]]:
                screen.say(line)
            await _answer(nats, message, given)


async def _answer(nats: NatsByHand, message: MessageByHand, given: LineValues) -> None:
    if not message.reply:
        return
    # The one who asks has named it.
    rights.check_reply(message.reply)
    answer = message.body if given["echo"] else (given["body"] or "").encode()
    await nats.publish(message.reply, answer, headers=dict(given["header"]))
    report(SENT, message.subject, answer)


async def micro_stats(given: LineValues, screen: Screen) -> None:
    """Ask all members of a service for their figures, and print them as a table."""
    service = given["service"]
    async with by_hand() as nats:
        answers = nats.answers(f"$SRV.STATS.{service}", seconds=ANSWERED_WITHIN)
        rows = [row async for each in answers for row in _figures_in(each.body)]
    headings = ["ID", "Endpoint", "Requests", "Queue Group", "Errors"]
    headings += ["Processing Time", "Average Time"]
    for line in boxed(f"{service} Service Statistics", headings, rows):
        screen.say(line)


def _figures_in(body: bytes) -> list[list[str]]:
    """Return the rows of one member; none if it answers something else."""
    try:
        return _figures(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _figures(member: dict[str, Any]) -> list[list[str]]:
    return [
        [
            member["id"],
            endpoint["name"],
            f"{endpoint['num_requests']:,}",
            endpoint.get("queue_group", ""),
            f"{endpoint['num_errors']:,}",
            duration(endpoint["processing_time"]),
            round_trip(endpoint["average_processing_time"] / 1e9),
        ]
        for endpoint in member.get("endpoints", [])
    ]
