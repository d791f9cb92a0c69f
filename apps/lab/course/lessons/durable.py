"""A lesson: a durable consumer; an event that is not acknowledged comes again."""

from operator import attrgetter

from apps.lab.course.hearing import durable, no_durable
from apps.lab.course.lesson import Lesson, Step
from apps.lab.patterns import durable_events
from apps.lab.patterns.pattern import Command

OWN = attrgetter("durable")
NEXT = "nats consumer next ORDERS @durable"

LESSON = Lesson(
    slug="durable",
    title="A durable of your own",
    minutes=10,
    does="You create a durable consumer of the shop's stream, pull events from it, and leave one "
    "without an acknowledgement.",
    sees="The event that you have not acknowledged comes again, marked as a second delivery.",
    steps=(
        Step(
            title="Create the durable",
            says="With explicit acknowledgement, and an ack wait of five seconds. The shop's three "
            "durables are not affected: each has its own position in the stream.",
            commands=(
                Command(
                    does="Create it",
                    line="nats consumer add ORDERS @durable --pull --ack explicit --wait 5s "
                    "--defaults",
                    sdk="",
                ),
            ),
            waits="the durable `@durable` on the stream `ORDERS`, with an ack wait of 5 s",
            heard="The server has your durable.",
            hears=durable(OWN, lambda it: it.ack_wait == 5),
        ),
        Step(
            title="Pull an event, and acknowledge it",
            says="It is the first event that is stored, although it was published before your "
            "durable existed. If the stream is still empty, publish twice first.",
            commands=(
                Command(does="Pull and acknowledge", line=f"{NEXT} --ack", sdk=""),
                Command(
                    does="Fill an empty stream",
                    line="nats pub orders.placed '{\"id\": @number}'",
                    sdk="",
                ),
            ),
            waits="an acknowledgement from your durable",
            heard="You have acknowledged an event: your durable does not deliver it again.",
            hears=durable(OWN, lambda it: it.acknowledged >= 1),
        ),
        Step(
            title="Pull one, and do not acknowledge it",
            says="As a worker does that dies at this moment.",
            commands=(Command(does="Pull only", line=f"{NEXT} --no-ack", sdk=""),),
            waits="an event of your durable that is delivered, and not acknowledged",
            heard="An event is in flight: delivered, and not acknowledged.",
            hears=durable(OWN, lambda it: it.in_flight >= 1),
        ),
        Step(
            title="Meet it again",
            says="Wait for five seconds, and pull once more, again without an acknowledgement. The "
            "same event comes, before all newer ones; the command says `tries: 2`.",
            commands=(Command(does="Pull again", line=f"{NEXT} --no-ack", sdk=""),),
            waits="the second delivery of that event",
            heard="The server has delivered the event a second time.",
            hears=durable(OWN, lambda it: it.redelivered >= 1),
        ),
        Step(
            title="End it",
            says="Wait for five seconds again, and acknowledge it now.",
            commands=(Command(does="Acknowledge it now", line=f"{NEXT} --ack", sdk=""),),
            waits="an acknowledgement of all that was delivered",
            heard="Nothing is in flight: all that was delivered is acknowledged.",
            hears=durable(OWN, lambda it: it.in_flight == 0),
        ),
        Step(
            title="Remove it",
            says="A durable has no end by itself.",
            commands=(
                Command(does="Remove it", line="nats consumer rm ORDERS @durable --force", sdk=""),
            ),
            waits="the end of that durable",
            heard="The durable is gone.",
            hears=no_durable(OWN),
        ),
    ),
    means="The stream stores each message on disk, and each durable has its own position in it. A "
    "message without an acknowledgement is delivered again, so a worker that dies loses nothing. "
    "It may be delivered twice, so a handler must be safe to repeat: the shop's are, by the inbox. "
    "That costs disk and acknowledgements. Where a loss does no harm, core NATS is enough.",
    pattern=durable_events.PATTERN.slug,
    questions=durable_events.PATTERN.questions[:2],
)
