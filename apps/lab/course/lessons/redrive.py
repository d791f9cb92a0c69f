"""A lesson: an event that cannot be read is a dead letter, and is redriven after the repair."""

from apps.lab.course.hearing import HopWanted, pressed
from apps.lab.course.lesson import Lesson, Step
from apps.lab.course.reader import Reader
from apps.lab.feed.feed import FEED
from apps.lab.patterns import durable_events
from apps.lab.patterns.durable_events import place_an_order
from apps.lab.patterns.pattern import Sending

SLUG = "redrive"
CONSUMER = "sales"
SWITCH = f"consumer-fetched-corrupt-{CONSUMER}"
REDRIVEN = HopWanted(point="letter.redriven", consumer=CONSUMER)
ACKNOWLEDGED = HopWanted(point="consumer.acknowledged", consumer=CONSUMER)


def is_handled_after_its_redrive(reader: Reader) -> bool:
    """Return whether sales has acknowledged a letter of the reader's order that was redriven.

    The order's other events, which sales may have handled before, do not count.
    """
    redriven = {hop["message_id"]: hop["at"] for hop in REDRIVEN.of_trace(reader.trace(SLUG))}
    return any(
        ACKNOWLEDGED.is_like(hop) and hop["at"] > redriven.get(hop["message_id"], hop["at"])
        for hop in FEED.after(0)
    )


LESSON = Lesson(
    slug=SLUG,
    title="Redrive a dead letter",
    minutes=8,
    does="You let an event become unreadable for one consumer, mend the cause, and send it again.",
    sees="The order is confirmed as always. Only the sales wait, until you redrive the letter.",
    steps=(
        Step(
            title="Make a dead letter",
            says="Switch “Poison” on, and place an order. The sales consumer cannot read its "
            "event. No retry would help, so it is a dead letter at once, with the reason.",
            switch=SWITCH,
            press=Sending(
                slug="order",
                label="Place an order",
                says="One ABC, through the shop's own checkout.",
                send=place_an_order,
                way=(),
            ),
            waits="a dead letter of sales, from your order",
            heard="Your order's event is a dead letter, for sales alone.",
            hears=pressed(SLUG, HopWanted(point="letter.buried", consumer=CONSUMER)),
        ),
        Step(
            title="Mend the cause, and redrive",
            says="Switch “Poison” off: that is the repair. Then open your letter on the page of "
            "dead letters, read its reason, and redrive it.",
            switch=SWITCH,
            page=("lab:letters", "The dead letters"),
            waits="your letter, redriven and then acknowledged by sales",
            heard="The letter went out again, to sales alone, and sales has counted your order.",
            hears=is_handled_after_its_redrive,
        ),
    ),
    means="What cannot be handled must not block what follows, and must not disappear. A dead "
    "letter has the message, the reason and the failed attempts. A redrive sends it with its own "
    "id and to its own consumer, so the others do not see it twice.",
    pattern=durable_events.PATTERN.slug,
)
