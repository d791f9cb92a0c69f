"""Lesson 3: the reader is one more member of the group `resizers`."""

import time

from apps.images.contract import PREVIEW_SUBJECT
from apps.lab.course.lesson import Lesson, Step
from apps.lab.course.reader import Reader
from apps.lab.feed.feed import FEED, HopDict
from apps.lab.patterns import queue_group
from apps.lab.patterns.pattern import Command, Given, Sending

SLUG = "group"
OFFERED = 10
SETTLED = 3.0
"""Seconds without a hop of the offers; what no member of the shop has by then, another one has."""


def offer_previews(given: Given) -> str:
    for _ in range(OFFERED):
        queue_group.offer_a_preview(given)
    return f"{OFFERED} previews were offered to the group `resizers`."


def another_member_took_some(reader: Reader) -> bool:
    """Return whether some of the offers went to a member that is no process of the shop."""
    hops = [hop for hop in FEED.of_trace(reader.trace(SLUG)) if _is_of_the_group(hop)]
    offered = sum(hop["point"] == "core.publishing" and not _is_struck(hop) for hop in hops)
    received = sum(hop["point"] == "group.received" for hop in hops)
    done = sum(hop["point"] == "group.handled" or _is_struck(hop) for hop in hops)
    is_settled = time.time() - max((hop["at"] for hop in hops), default=0.0) > SETTLED
    # A member that works may have more of them in its memory. A hop may be lost, but hardly both
    # of one message.
    is_idle = received <= done
    return is_settled and is_idle and 0 < max(received, done) < offered


def _is_of_the_group(hop: HopDict) -> bool:
    return bool(hop["destination"] == PREVIEW_SUBJECT)


def _is_struck(hop: HopDict) -> bool:
    return bool(hop["attributes"].get("fault"))


LESSON = Lesson(
    slug=SLUG,
    title="Be one more member of a group",
    minutes=5,
    does="You join the queue group of the shop's three preview resizers.",
    sees="Of ten offers you receive some, and the three resizers receive the others.",
    steps=(
        Step(
            title="Take a share of the work",
            says="Subscribe with the group's name, and leave the terminal open. Then press the "
            "button. It may be that none of the ten comes to you: press again.",
            commands=(
                Command(
                    does="Join the group", line="nats sub jobs.resize --queue resizers", sdk=""
                ),
            ),
            press=Sending(
                slug="offer",
                label="Offer ten previews",
                says="The preview of photo 7, ten times, as an upload offers it.",
                send=offer_previews,
                way=(),
            ),
            waits="an offer of yours that none of the three resizers receives",
            heard="The three have received some of the offers, and you the others.",
            hears=another_member_took_some,
        ),
    ),
    means="Subscribers with the same group name are one pool, and the server gives each message to "
    "one member, at random. Without `--queue` you would receive all ten, and the three would "
    "receive them too. What you received is not done, and no process notices: the group has no "
    "acknowledgement.",
    pattern=queue_group.PATTERN.slug,
    questions=queue_group.PATTERN.questions,
)
