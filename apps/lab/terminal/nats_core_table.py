"""The table of `nats`, first part: publish and subscribe."""

from apps.lab.terminal import nats_consumers, nats_core
from apps.lab.terminal.nats_flags import (
    BODY,
    COUNT,
    HEADER,
    MOST_MESSAGES,
    RAW,
    SEQUENCE,
    SUBJECT,
    number,
)
from apps.lab.terminal.tool import Argument, Flag, LineValues, Screen, ToolCommand
from apps.lab.terminal.words import NotUnderstood


async def _sub(given: LineValues, screen: Screen) -> None:
    """Subscribe, or read a stream: the real command has one name for both."""
    if not given["subject"] and not given["stream"]:
        raise NotUnderstood(
            "No subjects or --stream flag provided.\nerror: required argument",
            code=1,
            shows_usage=True,
        )
    does = nats_consumers.read_stream if given["stream"] else nats_core.subscribe
    await does(given, screen)


CORE = (
    ToolCommand(
        words=("pub",),
        also=(("publish",),),
        says="Generic data publish utility",
        does=nats_core.publish,
        names=("orders.placed", "jobs.resize", "catalog.price_changed"),
        arguments=(SUBJECT, BODY),
        flags=(
            Flag(name="reply", value="SUBJECT", default="", says="Sets a custom reply to subject"),
            HEADER,
            Flag(
                name="count",
                value="1",
                default=1,
                reads=number(MOST_MESSAGES),
                says=f"Publish multiple messages, {MOST_MESSAGES} at most",
            ),
            Flag(name="quiet", short="q", default=False, says="Show just the output received"),
        ),
    ),
    ToolCommand(
        words=("sub",),
        also=(("subscribe",),),
        says="Generic subscription client",
        does=_sub,
        names=("'orders.>'", "jobs.resize", "'catalog.>'"),
        arguments=(
            Argument(name="subject", says="Subject to subscribe to", default="", is_required=False),
        ),
        flags=(
            Flag(name="queue", value="QUEUE", default="", says="Subscribe to a named queue group"),
            RAW,
            COUNT,
            Flag(name="headers-only", default=False, says="Shows only headers"),
            Flag(name="subjects-only", default=False, says="Prints only the messages' subjects"),
            Flag(name="stream", value="STREAM", default="", says="Subscribe to a specific stream"),
            Flag(name="all", default=False, says="Delivers all messages found in the Stream"),
            Flag(name="new", default=False, says="Delivers only future messages"),
            Flag(name="last", default=False, says="Delivers the most recent and all future ones"),
            Flag(
                name="start-sequence",
                value="SEQUENCE",
                reads=SEQUENCE,
                says="Starts at a specific Stream sequence",
            ),
        ),
    ),
)
