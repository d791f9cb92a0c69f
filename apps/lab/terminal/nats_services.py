"""`nats micro info` and `micro stats`: who answers requests, and how fast."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from apps.lab.terminal.nats_text import (
    NANOSECONDS,
    ago,
    boxed,
    day_and_time,
    duration,
    moment,
    round_trip,
)
from apps.lab.terminal.tool import LineValues, Screen
from apps.messaging.by_hand.nats_at_terminal import NatsByHand, by_hand
from apps.messaging.by_hand.nats_messages import NoListener
from apps.messaging.errors import MessageUnreadable
from apps.messaging.message import Payload

ANSWERED_WITHIN = 0.5
"""Seconds in which all members of a service answer."""
WIDTH = 17
"""Of the names of rows, which end in one column."""


class ServiceEndpoint(Payload):
    """A subject that a member answers; the figures are in its answer about statistics alone."""

    name: str
    subject: str
    queue_group: str = ""
    num_requests: int = 0
    num_errors: int = 0
    processing_time: int = 0
    average_processing_time: float = 0


class ServiceMember(Payload):
    """What one member of a service answers about itself."""

    name: str
    id: str
    version: str
    description: str = ""
    started: str = ""
    endpoints: list[ServiceEndpoint]


async def micro_info(given: LineValues, screen: Screen) -> None:
    """Ask the first member that answers for its endpoints, and that one for its figures."""
    async with by_hand() as nats:
        about = await _first(nats, f"$SRV.INFO.{given['service']}")
        figures = await _first(nats, f"$SRV.STATS.{about.name}.{about.id}")
    for line in (*_about(about), *_figures(figures)):
        screen.say(line)


async def micro_stats(given: LineValues, screen: Screen) -> None:
    """Ask all members of a service for their figures, and print them as a table."""
    service = given["service"]
    async with by_hand() as nats:
        members = await _members(nats, f"$SRV.STATS.{service}")
    headings = ["ID", "Endpoint", "Requests", "Queue Group", "Errors"]
    headings += ["Processing Time", "Average Time"]
    rows = [
        ["" if number else member.id, each.name, *_figures_of(each, group=each.queue_group)]
        for member in members
        for number, each in enumerate(member.endpoints)
    ]
    total = ["", "", *_figures_of(_sum([each for one in members for each in one.endpoints]))]
    for line in [*boxed(f"{service} Service Statistics", headings, rows, total=total), ""]:
        screen.say(line)


async def _first(nats: NatsByHand, subject: str) -> ServiceMember:
    """Return the first answer. Raises `NoListener`, `MessageUnreadable`."""
    with _named():
        answer = await nats.request(subject, seconds=ANSWERED_WITHIN)
    return ServiceMember.read(answer.body)


async def _members(nats: NatsByHand, subject: str) -> list[ServiceMember]:
    """Return who answers, without those that answer something else. Raises `NoListener`."""
    members = []
    with _named():
        async for answer in nats.answers(subject, seconds=ANSWERED_WITHIN):
            with suppress(MessageUnreadable):
                members.append(ServiceMember.read(answer.body))
    return members


@contextmanager
def _named() -> Iterator[None]:
    """Let it say in the words of the command that no one is there."""
    try:
        yield
    except NoListener as error:
        raise NoListener("no service instances found") from error


def _sum(endpoints: list[ServiceEndpoint]) -> ServiceEndpoint:
    requests = sum(each.num_requests for each in endpoints)
    took = sum(each.processing_time for each in endpoints)
    return ServiceEndpoint(
        name="",
        subject="",
        num_requests=requests,
        num_errors=sum(each.num_errors for each in endpoints),
        processing_time=took,
        average_processing_time=took / requests if requests else 0,
    )


def _figures_of(endpoint: ServiceEndpoint, *, group: str = "") -> list[str]:
    return [
        f"{endpoint.num_requests:,}",
        group,
        f"{endpoint.num_errors:,}",
        duration(endpoint.processing_time),
        round_trip(endpoint.average_processing_time / NANOSECONDS),
    ]


def _about(member: ServiceMember) -> Iterator[str]:
    about = [
        ("Service", f"{member.name} ({member.id})"),
        ("Description", member.description),
        ("Version", member.version),
    ]
    yield from ("Service Information", "", *_lines(about, WIDTH), "", "Endpoints:", "")
    for number, each in enumerate(member.endpoints):
        if number:
            yield "  "
        rows = [("Name", each.name), ("Subject", each.subject), ("Queue Group", each.queue_group)]
        yield from _lines(rows, WIDTH + 2)
    yield ""


def _figures(member: ServiceMember) -> Iterator[str]:
    started = moment(member.started)
    yield from (f"Statistics for {len(member.endpoints)} Endpoint(s):", "")
    for each in member.endpoints:
        took, average = map(duration, (each.processing_time, each.average_processing_time))
        rows = [
            ("Requests", f'{each.num_requests:,} in group "{each.queue_group}"'),
            ("Processing Time", f"{took} (average {average})"),
            ("Started", f"{day_and_time(started)} ({ago(started)} ago)"),
            ("Errors", f"{each.num_errors:,}"),
        ]
        yield from (f"  {each.name} Endpoint Statistics:", "", *_lines(rows, WIDTH + 2), "")
        yield from ("  Endpoint Specific Statistics:", "", "    null", "")


def _lines(rows: list[tuple[str, str]], width: int) -> list[str]:
    return [f"{label:>{width}}: {value}" for label, value in rows]
