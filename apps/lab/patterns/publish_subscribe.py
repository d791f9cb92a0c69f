"""Publish-subscribe: a price changes, and every listener of that moment is notified."""

from apps.catalog import queries, services
from apps.catalog.events import PriceChanged
from apps.catalog.rules import CENT
from apps.lab.patterns.pattern import (
    CONNECT_JS,
    CONNECT_JS_3,
    Command,
    Given,
    Pattern,
    QuizQuestion,
    Sending,
    WayStep,
)
from apps.messaging.pubsub import broadcast
from apps.messaging.request_reply.warm_cache import kept_fresh
from apps.pricing import responders

SKU = "ABC"


def change_the_price(_: Given) -> str:
    """Move the price by a penny, and back the next time."""
    price = queries.product(SKU).price
    product = services.change_price(sku=SKU, price=price + (-CENT if price * 100 % 2 else CENT))
    return f"{SKU} cost {price} {product.currency} and now costs {product.price}."


WAY = (
    WayStep(
        point="core.publishing",
        destination=PriceChanged.subject,
        title="The catalogue announces the price",
        says="The transaction has committed. The message is published without waiting, and nothing "
        "stores it: if NATS is away now, it is lost, and the log says so.",
        code=(
            services.change_price,
            services.announce_price,
            broadcast.announce,
            broadcast.publish,
        ),
    ),
    WayStep(
        point="core.heard",
        destination=PriceChanged.subject,
        worker="price_responder",
        title="Each price responder receives it",
        says="Both instances have subscribed without a group, so each receives its own copy and "
        "updates its price list. `order_listener` subscribes to `orders.>`, and receives nothing.",
        code=(broadcast.hear, responders.take_changed_price, kept_fresh),
    ),
)

PATTERN = Pattern(
    slug="publish-subscribe",
    name="Publish-subscribe",
    what=(
        (
            "Core NATS delivers a message to every subscriber of its subject at that moment, and "
            "to none that comes later."
        ),
        (
            "The sender does not wait, and does not learn who received it; subjects need no "
            "declaration, and a listener may use wildcards, as in `orders.>`."
        ),
        (
            "In the shop a changed price reaches the price responders this way; a lost message is "
            "harmless, as they also read all prices every 30 seconds and after each reconnect."
        ),
    ),
    when_not="When the message must be handled. A listener that restarts, or is slower than the "
    "sender, misses it, and the sender has no error. Use durable events for that.",
    costs="Almost nothing: no disk, no acknowledgement, no state on the server. But the design "
    "must give each listener another source for messages that it missed.",
    sendings=(
        Sending(
            slug="price",
            label="Change the price of ABC",
            says="By a penny, and back the next time, through the catalogue's own service. Both "
            "price responders should receive it; the order listener should not.",
            send=change_the_price,
            way=WAY,
        ),
    ),
    before_sdk="import nats\n\nnc = await nats.connect(@python)",
    before_js=CONNECT_JS,
    before_js_3=CONNECT_JS_3,
    terminal=(
        Command(
            does="Listen to every subject under catalog",
            line='nats sub "catalog.>"',
            sdk='prices = await nc.subscribe("catalog.>")\n'
            "notice = await prices.next_msg(timeout=60)\nprint(notice.subject, notice.data)",
            js='const prices = nc.subscribe("catalog.>");\n'
            "for await (const notice of prices) {\n"
            "  console.log(notice.subject, notice.string());\n}",
            note="Start it first, then change a price: you are one more listener.",
        ),
        Command(
            does="Announce a price by hand",
            line="nats pub catalog.price_changed "
            '\'{"sku": "ABC", "price": 9.99, "currency": "GBP", "version": 1}\'',
            sdk='body = b\'{"sku": "ABC", "price": 9.99, "currency": "GBP", "version": 1}\'\n'
            'await nc.publish("catalog.price_changed", body)\nawait nc.flush()',
            js='const notice = { sku: "ABC", price: 9.99, currency: "GBP", version: 1 };\n'
            'nc.publish("catalog.price_changed", JSON.stringify(notice));\nawait nc.drain();',
            note="The newest version wins: the responders ignore a message with version 1.",
        ),
    ),
    questions=(
        QuizQuestion(
            slug="nobody-there",
            asks="You publish ten messages on core NATS while no listener is there. One starts a "
            "second later. How many of them does it get?",
            choices=(
                "All ten: the server stores them until a listener comes",
                "The last one of the subject",
                "None",
                "None, and the sender gets an error",
            ),
            answer=2,
            why="Core NATS stores nothing, and the sender gets no error. A stream on the same "
            "subject would have stored all ten.",
            experiment="nobody-listening",
        ),
        QuizQuestion(
            slug="truth-elsewhere",
            asks="A price responder was away while a price changed. Why does it still answer with "
            "the right price?",
            choices=(
                "NATS delivers the message when it is back",
                "It reads all prices at its start and after each reconnect",
                "The catalogue repeats the message until each responder has acknowledged it",
            ),
            answer=1,
            why="The message only makes the change fast. The responder is correct because it reads "
            "all prices at its start, after each reconnect and every 30 seconds.",
            experiment="nobody-listening",
        ),
        QuizQuestion(
            slug="two-wildcards",
            asks="One terminal subscribes to `orders.*`, another to `orders.>`. You publish on "
            "`orders.gift` and on `orders.gift.wrapped`. Which lines arrive?",
            choices=(
                "Both lines in both terminals",
                "`orders.*`: both; `orders.>`: only `orders.gift.wrapped`",
                "`orders.*`: only `orders.gift`; `orders.>`: both",
                "None: these subjects are not declared",
            ),
            answer=2,
            why="`*` stands for exactly one word, `>` for one or more at the end. Neither would "
            "receive a message on `orders` itself.",
            experiment="wildcards",
        ),
    ),
)
