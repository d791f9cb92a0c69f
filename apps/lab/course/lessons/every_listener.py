"""A lesson: the same from a program; every listener receives its own copy."""

from apps.catalog.events import PriceChanged
from apps.lab.course.hearing import HopWanted, typed
from apps.lab.course.lesson import Lesson, Step
from apps.lab.patterns import publish_subscribe
from apps.lab.patterns.pattern import CONNECT_JS, Command

SUBJECT = PriceChanged.subject
RESPONDERS = 2
"""Of the demo; each holds the price list, and listens to changes."""
_PUBLISHES = (
    'change = b\'{"sku": "ABC", "price": 9.99, "currency": "GBP", "version": 1, "by": @number}\'\n'
)

LESSON = Lesson(
    slug="every-listener",
    title="Every listener receives it",
    minutes=8,
    does="You publish from a program of your own, or from the terminal, to a subject with several "
    "listeners.",
    sees="One publish, and each of the two price responders receives the message.",
    steps=(
        Step(
            title="Publish from a program",
            says="Run the program in Python or JavaScript, or type the line. Version 1 is older "
            "than the price that the responders know, so they ignore it: no price changes. They "
            "ignore the unknown field `by` as well.",
            commands=(
                Command(
                    does="Announce a price",
                    line=f'nats pub {SUBJECT} \'{{"sku": "ABC", "price": 9.99, '
                    '"currency": "GBP", "version": 1, "by": @number}\'',
                    sdk="import nats\n\nnc = await nats.connect(@python)\n"
                    f'{_PUBLISHES}await nc.publish("{SUBJECT}", change)\nawait nc.drain()',
                    js=f'{CONNECT_JS}\nconst change = {{ sku: "ABC", price: 9.99, currency: "GBP", '
                    f'version: 1, by: @number }};\nnc.publish("{SUBJECT}", '
                    "JSON.stringify(change));\nawait nc.drain();",
                    note="Python: in `python -m asyncio`. JavaScript: in a file `program.mjs`, "
                    "after `npm install nats`.",
                ),
            ),
            waits="your price change at both price responders",
            heard="Both responders have received your message: each subscription gets a copy.",
            hears=typed(
                HopWanted(point="core.heard", worker="price_responder", destination=SUBJECT),
                at_least=RESPONDERS,
                by="@number",
            ),
        ),
    ),
    means="`publish` returns at once and waits for no listener: fire and forget. The shape is the "
    "same in every client library: connect, then subscribe with a handler, or publish a body.",
    pattern=publish_subscribe.PATTERN.slug,
    questions=(publish_subscribe.PATTERN.questions[1],),
)
