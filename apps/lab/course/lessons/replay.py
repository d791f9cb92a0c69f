"""A lesson: the stream is read again from its first event, by a consumer that came late."""

from operator import attrgetter

from apps.lab.course.hearing import durable, no_durable
from apps.lab.course.lesson import Lesson, Step
from apps.lab.patterns import durable_events
from apps.lab.patterns.pattern import Command

OWN = attrgetter("replay")
EVENTS = 3

LESSON = Lesson(
    slug="replay",
    title="Read the past again",
    minutes=5,
    does="You create a second durable, and read the stream from its first event.",
    sees="The events that you have read come again, and no other consumer notices.",
    steps=(
        Step(
            title="Begin at the first event",
            says="`--deliver all` is the start policy: all that the stream stores. (With `new` you "
            "would get what is published from now on.)",
            commands=(
                Command(
                    does="Create it",
                    line="nats consumer add ORDERS @replay --pull --ack explicit --deliver all "
                    "--defaults",
                    sdk="",
                ),
            ),
            waits="the durable `@replay`, which begins at the first event",
            heard="The server has a durable of yours that begins at the first event.",
            hears=durable(OWN, lambda it: it.begins_at_first),
        ),
        Step(
            title=f"Read {EVENTS} events again",
            says="Among them are those that you pulled with your first durable. In a new shop, "
            "place an order first: it makes two events.",
            commands=(
                Command(
                    does=f"Pull {EVENTS} events",
                    line=f"nats consumer next ORDERS @replay --count {EVENTS} --ack",
                    sdk="",
                ),
            ),
            waits=f"{EVENTS} acknowledgements from that durable",
            heard=f"You have read {EVENTS} events that were stored before your durable existed.",
            hears=durable(OWN, lambda it: it.begins_at_first and it.acknowledged >= EVENTS),
        ),
        Step(
            title="Remove it",
            says="A durable has no end by itself. The events stay in the stream, for seven days.",
            commands=(
                Command(does="Remove it", line="nats consumer rm ORDERS @replay --force", sdk=""),
            ),
            waits="the end of that durable",
            heard="The durable is gone, and the stream has all its events.",
            hears=no_durable(OWN),
        ),
    ),
    means="An acknowledgement removes nothing from a stream: it moves one consumer's position. So "
    "a consumer that was away finds its events when it is back, and a new one reads the past. The "
    "shop computes its sales again in this way: `manage.py replay sales`. A queue cannot do that.",
    pattern=durable_events.PATTERN.slug,
)
