"""A lesson: an event of one's own, by docs/first-event.md."""

from apps.lab.course.hearing import HopWanted, typed
from apps.lab.course.lesson import Lesson, Step
from apps.lab.patterns import durable_events

SUBJECT, DURABLE = "deliveries.booked", "delivery"
"""Those of the page; the shop has no such event."""

LESSON = Lesson(
    slug="first-event",
    title="Your first event",
    minutes=10,
    does="You write an event, its consumer and its test, by the page `docs/first-event.md`, and "
    "start the demo again.",
    sees="A process of your own on the map, which handles an event of your own.",
    steps=(
        Step(
            title="Record it, and let the relay publish it",
            says="Follow the page from “Write it” to “See it”. This lesson goes on after the "
            "restart: its ticks are in your browser.",
            waits=f"an event `{SUBJECT}` that the relay has published",
            heard="Your event was committed in the outbox, and the stream has stored it.",
            hears=typed(HopWanted(point="relay.published", destination=SUBJECT)),
        ),
        Step(
            title="Handle it",
            says="The demo's log has the line of your handler: “the carrier comes”.",
            waits=f"an acknowledgement of `{SUBJECT}` by your durable `{DURABLE}`",
            heard="Your consumer has handled your event, and acknowledged it after its commit.",
            hears=typed(
                HopWanted(point="consumer.acknowledged", consumer=DURABLE, destination=SUBJECT)
            ),
        ),
    ),
    means="You have used all of it: a transaction with its event, the relay, a stream, a durable, "
    "the inbox, a worker. `docs/extending.md` has the other patterns.",
    pattern=durable_events.PATTERN.slug,
)
