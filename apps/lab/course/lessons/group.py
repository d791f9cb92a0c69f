"""A lesson: the reader is one more member of the group `resizers`."""

import time
from collections import Counter, defaultdict

from apps.images.contract import PREVIEW_SUBJECT as SUBJECT
from apps.lab.course.lesson import Lesson, Step
from apps.lab.course.reader import Reader
from apps.lab.feed.feed import FEED, HopDict
from apps.lab.patterns import queue_group
from apps.lab.patterns.pattern import Command, Given, Sending

SLUG = "group"
OFFERED = 10
OFFER, RECEIVED, HANDLED = "core.publishing", "group.received", "group.handled"
SETTLED = 3.0
"""Seconds without a hop of the offers; what no member of the shop has by then, another one has."""


def offer_previews(given: Given) -> str:
    for _ in range(OFFERED):
        queue_group.offer_a_preview(given)
    return f"{OFFERED} previews were offered to the group `resizers`."


def another_member_took_some(reader: Reader) -> bool:
    """Return whether some of the offers went to a member that is no process of the shop."""
    hops = [hop for hop in FEED.of_trace(reader.trace(SLUG)) if hop["destination"] == SUBJECT]
    offered = sum(hop["point"] == OFFER and not _is_struck(hop) for hop in hops)
    members = defaultdict(list)
    for hop in hops:
        if hop["point"] in {RECEIVED, HANDLED}:
            members[hop["instance"]].append(hop)
    is_settled = time.time() - max((hop["at"] for hop in hops), default=0.0) > SETTLED
    # A member that works may have more of them in its memory.
    is_idle = all(_is_over(each[-1]) for each in members.values())
    return is_settled and is_idle and 0 < sum(map(_count, members.values())) < offered


def _count(hops: list[HopDict]) -> int:
    """Return how many offers a member has received; a hop may be lost, but hardly both of one."""
    points = Counter(hop["point"] for hop in hops)
    return max(points[RECEIVED], points[HANDLED])


def _is_over(hop: HopDict) -> bool:
    return hop["point"] == HANDLED or _is_struck(hop)


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
