"""Request-reply: what ABC costs, and what happens without an answer."""

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
    return f"There is a price for {UNKNOWN}, which was not expected."


WAY = (
    WayStep(
        point="request.sent",
        destination=SUBJECT,
        title="The question is sent",
        says="With a private inbox subject for the answer, which begins with `_INBOX`, and a "
        "budget of one second: the timeout has no default. After a third of it the client asks "
        "once more.",
        code=(client.look_up_prices, request_reply.ask_all),
    ),
    WayStep(
        point="request.received",
        destination=SUBJECT,
        title="One responder receives it",
        says="The responders are a queue group, so the server chooses one. It answers from memory, "
        "and always publishes an answer or an error, on the reply subject that came with the "
        "question.",
        code=(responder.answering, responder.answer_to, responders.answer_price),
    ),
    WayStep(
        point="request.answered",
        destination=SUBJECT,
        title="The client has the answer",
        says="It came on the same subject, to which the client alone is subscribed. An error is an "
        "answer too: its code and reason are headers, and the client raises an error with a name.",
        code=(request_reply.ask_all, client.look_up_prices),
    ),
)

PATTERN = Pattern(
    slug="request-reply",
    name="Request-reply",
    what=(
        (
            "A question with an answer over the broker: the client subscribes to a private inbox, "
            "publishes its question with that subject, and waits."
        ),
        (
            "Responders in a queue group share the questions: to add capacity, start one more "
            "process, and if one dies, its questions are asked again."
        ),
        (
            "In the shop the checkout asks `price.lookup` for one price, `price.lookup.many` for "
            "those of several lines, and charges what was answered; two price responders have all "
            "prices in memory."
        ),
    ),
    when_not="For work that must be done. After a timeout the client does not know whether it was "
    "done, and a retry may do it twice. Ask only for what changes nothing.",
    costs="The client is busy while it waits, and both sides must run at the same time: the "
    "responder's failures become the client's. So the timeout has no default, and four errors "
    "have names.",
    sendings=(
        Sending(
            slug="price",
            label="Ask for the price of ABC",
            says="As the checkout does.",
            send=ask_for_a_price,
            way=WAY,
        ),
        Sending(
            slug="unknown",
            label="Ask for a SKU that does not exist",
            says="The answer is an error with code 404.",
            send=ask_for_nothing,
            way=WAY,
        ),
    ),
    before_sdk="import nats\n\nnc = await nats.connect(@python)",
    before_js=CONNECT_JS,
    before_js_3=CONNECT_JS_3,
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
            note="While it runs, you receive about a third of the questions. If the shop asked for "
            "another SKU, it ignores your answer, and asks again.",
        ),
    ),
    questions=(
        QuizQuestion(
            slug="nobody-subscribed",
            asks="You ask with a timeout of one second, and the subject has no subscriber. When do "
            "you know?",
            choices=(
                "After one second",
                "Almost at once: the server says that there is no responder",
                "Never",
            ),
            answer=1,
            why="The server knows its subscriptions, and answers in place of the missing "
            "responder: that is NoResponder, not RequestTimeout. (The shop asks twice more, within "
            "0.2 s.)",
            experiment="no-responder",
        ),
        QuizQuestion(
            slug="why-a-timeout",
            asks="A responder receives your question and hangs. Its client waits without a "
            "timeout. What happens?",
            choices=(
                "The server ends your request after a minute",
                "You wait as long as it hangs",
                "Another responder gets the question",
            ),
            answer=1,
            why="Only the client knows that it waits. A timeout turns a silent hang into an error "
            "that can be caught.",
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
            why="The server chooses a member for each message at random, and does not know which "
            "is busy. The shares are about equal, and never quite.",
            experiment="responders-split",
        ),
    ),
)
