"""Request-reply: what does ABC cost, and what if nobody knows, or nobody is there?"""

from apps.lab.patterns.pattern import (
    CONNECT_JS,
    Command,
    Given,
    Pattern,
    QuizQuestion,
    Sending,
    WayStep,
)
from apps.messaging import request_reply
from apps.messaging.request_reply import responder
from apps.pricing import client, responders
from apps.pricing.contract import SUBJECT

KNOWN, UNKNOWN = "ABC", "NOPE"


def ask_for_a_price(_: Given) -> str:
    price = client.look_up_prices([KNOWN])[KNOWN]
    return f"The answer: {KNOWN} costs {price.price} {price.currency}."


def ask_for_nothing(_: Given) -> str:
    client.look_up_prices([UNKNOWN])
    return f"There is a price for {UNKNOWN}, which nobody expected."


WAY = (
    WayStep(
        point="request.sent",
        destination=SUBJECT,
        title="The question is on its way",
        says="With a private inbox subject to reply to, and a budget of one second: the timeout "
        "has no default. After a third of it the question is asked once more.",
        code=(client.look_up_prices, request_reply.ask_all),
    ),
    WayStep(
        point="request.received",
        destination=SUBJECT,
        title="One responder has it",
        says="The responders are a queue group, so one of them is picked. It answers from memory, "
        "and always: an answer or an error, never silence.",
        code=(responder.answering, responder.answer_to, responders.answer_price),
    ),
    WayStep(
        point="request.answered",
        destination=SUBJECT,
        title="The asker has the answer",
        says="A refusal is an answer too: it carries its code and its reason as headers, and the "
        "client turns it into an error with a name.",
        code=(request_reply.ask_all, client.look_up_prices),
    ),
)

PATTERN = Pattern(
    slug="request-reply",
    name="Request-reply",
    what=(
        (
            "A question with an answer over the broker: the asker subscribes to a private inbox, "
            "publishes its question with that address, and waits."
        ),
        (
            "Responders in a queue group share the questions, so one more is one more process, and "
            "losing one costs a moment."
        ),
        (
            "In the shop the checkout asks `price.lookup` for each line and charges what was "
            "answered; two price responders have all prices in memory."
        ),
    ),
    when_not="For anything that must happen. An asker that ran out of time does not know whether "
    "it did, and asking again may do it twice; ask only what changes nothing.",
    costs="The asker is busy for as long as it waits, and both sides must be up at the same time: "
    "its failures become yours. Hence a timeout without a default, and four errors with names.",
    sendings=(
        Sending(
            slug="price",
            label="Ask for the price of ABC",
            says="Just as the checkout does.",
            send=ask_for_a_price,
            way=WAY,
        ),
        Sending(
            slug="unknown",
            label="Ask for a SKU that does not exist",
            says="The answer is no: a refusal with code 404, which is not silence.",
            send=ask_for_nothing,
            way=WAY,
        ),
    ),
    before_sdk="import nats\n\nnc = await nats.connect(@python)",
    before_js=CONNECT_JS,
    terminal=(
        Command(
            does="Ask for a price",
            line='nats request price.lookup \'{"sku": "ABC"}\' --timeout 1s',
            sdk='answer = await nc.request("price.lookup", b\'{"sku": "ABC"}\', timeout=1)\n'
            "print(answer.data, answer.headers)",
            js='const question = JSON.stringify({ sku: "ABC" });\n'
            'const answer = await nc.request("price.lookup", question, { timeout: 1000 });\n'
            "console.log(answer.string(), answer.headers);\nawait nc.drain();",
            note='With `{"sku": "NOPE"}` the answer is empty, and its headers '
            "`Nats-Service-Error-Code` and `Nats-Service-Error` say why.",
        ),
        Command(
            does="Who answers, and how fast",
            line="nats micro stats pricing",
            sdk='first = await nc.request("$SRV.STATS.pricing", b"", timeout=1)\nprint(first.data)',
            js='const first = await nc.request("$SRV.STATS.pricing", "", { timeout: 1000 });\n'
            "console.log(first.json());\nawait nc.drain();",
        ),
        Command(
            does="Be a third responder",
            line="nats reply price.lookup --queue pricing "
            '\'{"sku": "ABC", "price": 9.99, "currency": "GBP"}\'',
            sdk='questions = await nc.subscribe("price.lookup", queue="pricing")\n'
            "question = await questions.next_msg(timeout=60)\n"
            'await question.respond(b\'{"sku": "ABC", "price": 9.99, "currency": "GBP"}\')',
            js='const answer = JSON.stringify({ sku: "ABC", price: 9.99, currency: "GBP" });\n'
            'for await (const question of nc.subscribe("price.lookup", { queue: "pricing" })) {\n'
            "  question.respond(answer);\n}",
            note="While it runs, about every third question is yours. Asked for another SKU, the "
            "shop takes your answer for none, and asks again.",
        ),
    ),
    questions=(
        QuizQuestion(
            slug="nobody-subscribed",
            asks="You ask with a timeout of one second, and nobody at all subscribes to the "
            "subject. When do you know?",
            choices=(
                "After one second",
                "Almost at once: the server says that nobody is there",
                "Never",
            ),
            answer=1,
            why="The server knows its subscriptions and answers for the missing responder: that is "
            "NoResponder, and not RequestTimeout. (The shop asks twice more, within 0.2 s.)",
            experiment="no-responder",
        ),
        QuizQuestion(
            slug="why-a-timeout",
            asks="A responder has your question and hangs. You have set no timeout. What happens?",
            choices=(
                "The server gives up for you after a minute",
                "You wait for as long as it hangs",
                "Another responder gets the question",
            ),
            answer=1,
            why="Nobody but you knows that you are waiting. A timeout turns a silent hang into an "
            "error that can be caught.",
            experiment="no-timeout",
        ),
        QuizQuestion(
            slug="five-responders",
            asks="Five responders share a queue group. How are a thousand questions split?",
            choices=(
                "In turn: exactly two hundred each",
                "To the one with the least to do",
                "At random: about two hundred each",
            ),
            answer=2,
            why="The server picks a member for each message by chance and knows nothing of who is "
            "busy. The shares even out, and are never quite even.",
            experiment="responders-split",
        ),
    ),
)
