"""A lesson: a message is published on `orders.placed` by hand, and received."""

from apps.lab.course.hearing import HopWanted, typed
from apps.lab.course.lesson import Lesson, Step
from apps.lab.patterns import publish_subscribe
from apps.lab.patterns.pattern import Command

PLACED = "orders.placed"
GIFT, WRAPPED = "orders.gift", "orders.gift.wrapped"

LESSON = Lesson(
    slug="publish",
    title="Publish on orders.placed by hand",
    minutes=8,
    does="You subscribe to a subject with a wildcard, and publish a message that matches it. Then "
    "you predict what two wildcards receive.",
    sees="Your terminal prints the message, and so does a process of the shop that listens too. "
    "Another wildcard matches less.",
    steps=(
        Step(
            title="Publish, while you listen",
            says="Subscribe in one terminal, and leave it open. Publish in another. The first one "
            "prints your message, and every order that somebody places meanwhile.",
            commands=(
                Command(does="Listen", line='nats sub "orders.>"', sdk=""),
                Command(
                    does="Publish",
                    line=f'nats pub {PLACED} \'{{"id": @number, "total": 19.99}}\'',
                    sdk="",
                ),
            ),
            waits="a message on `orders.placed` with the id @number, at `order_listener`",
            heard="`order_listener` has received your message, as your own terminal has.",
            hears=typed(
                HopWanted(point="core.heard", worker="order_listener", destination=PLACED),
                id="@number",
            ),
        ),
        Step(
            title="Predict which lines arrive",
            says="Leave the first terminal open, and subscribe to `orders.*` in another one. "
            "Predict what each of the two prints, and publish both messages.",
            predict=publish_subscribe.PATTERN.questions[2],
            commands=(
                Command(does="Listen for one word", line='nats sub "orders.*"', sdk=""),
                Command(
                    does="Publish on two words",
                    line=f"nats pub {GIFT} '{{\"id\": @number}}'",
                    sdk="",
                ),
                Command(
                    does="Publish on three words",
                    line=f"nats pub {WRAPPED} '{{\"id\": @number}}'",
                    sdk="",
                ),
            ),
            waits="a message on `orders.gift.wrapped` with the id @number, at `order_listener`",
            heard="`order_listener` subscribes to `orders.>`, and has received your message on "
            "three words. Your terminal with `orders.*` has not.",
            hears=typed(
                HopWanted(point="core.heard", worker="order_listener", destination=WRAPPED),
                id="@number",
            ),
        ),
    ),
    means="No one has declared the subject: it exists because you used it. The server compared it "
    "with all subscriptions, and sent the message to each that matches. It does not tell the "
    "publisher how many there were. Here the stream `ORDERS` stored the messages too. They are no "
    "events of the shop: `fulfilment` and `sales` each make a dead letter of the first, and "
    "`sales`, which reads the whole stream, of the other two.",
    pattern=publish_subscribe.PATTERN.slug,
    questions=(publish_subscribe.PATTERN.questions[0],),
)
