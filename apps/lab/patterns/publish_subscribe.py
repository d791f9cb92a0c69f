"""Publish-subscribe: a price changes, and whoever listens at that moment hears of it."""

from apps.catalog import queries, services
from apps.catalog.events import PriceChanged
from apps.catalog.rules import CENT
from apps.lab.patterns.pattern import (
    CONNECT_JS,
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
        says="The transaction has committed, and the notice leaves without waiting for anybody. "
        "Nothing keeps it: if NATS is away now, it is lost, and the log says so.",
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
        title="Each price responder hears it",
        says="Both instances have subscribed, without a group, so each of them gets its own copy "
        "and puts the price into its list. `order_listener`, which hears `orders.>`, does not.",
        code=(broadcast.hear, responders.take_changed_price, kept_fresh),
    ),
)

PATTERN = Pattern(
    slug="publish-subscribe",
    name="Publish-subscribe",
    what=(
        (
            "A message on core NATS goes to everybody who has subscribed to its subject at this "
            "moment, and to nobody else, ever."
        ),
        (
            "The sender does not wait and does not learn who heard it; subjects are addresses that "
            "nobody declares, and a listener may use wildcards, as in `orders.>`."
        ),
        (
            "In the shop a changed price reaches the price responders this way, and losing it is "
            "harmless, because they also read all prices every 30 seconds and after each reconnect."
        ),
    ),
    when_not="Whenever somebody must act on the message. A listener that is restarting, or "
    "slower than the sender, misses it without an error on either side; use durable events there.",
    costs="Next to nothing: no disk, no acknowledgement, no state on the server. The price is paid "
    "in the design: each listener needs another source for what it did not hear.",
    sendings=(
        Sending(
            slug="price",
            label="Change the price of ABC",
            says="By a penny, and back again the next time, through the catalogue's own service. "
            "Two price responders should hear it; the order listener should not.",
            send=change_the_price,
            way=WAY,
        ),
    ),
    before_sdk="import nats\n\nnc = await nats.connect(@python)",
    before_js=CONNECT_JS,
    terminal=(
        Command(
            does="Listen to every subject under catalog",
            line='nats sub "catalog.>"',
            sdk='heard = await nc.subscribe("catalog.>")\n'
            "notice = await heard.next_msg(timeout=60)\nprint(notice.subject, notice.data)",
            js='const heard = nc.subscribe("catalog.>");\n'
            "for await (const notice of heard) {\n"
            "  console.log(notice.subject, notice.string());\n}",
            note="Start it first, then press the button above: you are one more listener.",
        ),
        Command(
            does="Announce a price by hand",
            line="nats pub catalog.price_changed "
            '\'{"sku": "ABC", "price": 9.99, "currency": "GBP", "version": 1}\'',
            sdk='body = b\'{"sku": "ABC", "price": 9.99, "currency": "GBP", "version": 1}\'\n'
            'await nc.publish("catalog.price_changed", body)\nawait nc.flush()',
            js='const notice = { sku: "ABC", price: 9.99, currency: "GBP", version: 1 };\n'
            'nc.publish("catalog.price_changed", JSON.stringify(notice));\nawait nc.drain();',
            note="The newest version wins: a notice with version 1 is heard and changes nothing.",
        ),
    ),
    questions=(
        QuizQuestion(
            slug="nobody-there",
            asks="You publish ten messages on core NATS while nobody listens. A listener starts a "
            "second later. How many of them does it get?",
            choices=(
                "All ten: the server keeps them until somebody comes",
                "The last one of the subject",
                "None",
                "None, and the sender was told so by an error",
            ),
            answer=2,
            why="Core NATS hands on and forgets, and the sender is not told. A stream on the same "
            "subject would have kept all ten.",
            experiment="nobody-listening",
        ),
        QuizQuestion(
            slug="truth-elsewhere",
            asks="A price responder was away while a price changed. Why does it still answer with "
            "the right price?",
            choices=(
                "NATS delivers the notice when it is back",
                "It reads all prices at its start and after each reconnect",
                "The catalogue repeats the notice until each responder has acknowledged it",
            ),
            answer=1,
            why="The notice only makes the news fast. What makes the copy right is that it is read "
            "in full at the start, after each reconnect and every 30 seconds.",
            experiment="nobody-listening",
        ),
    ),
)
