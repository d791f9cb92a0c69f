"""A lesson: the reader asks for a price, and then is one of those who answer."""

from apps.lab.course.hearing import HopWanted, typed
from apps.lab.course.lesson import Lesson, Step
from apps.lab.patterns import request_reply
from apps.lab.patterns.pattern import Command, Given, Sending
from apps.pricing.contract import SUBJECT

ASKED = 10


def ask_for_prices(given: Given) -> str:
    for _ in range(ASKED):
        answer = request_reply.ask_for_a_price(given)
    return f"Asked {ASKED} times, one after the other. {answer}"


LESSON = Lesson(
    slug="request-reply",
    title="Ask, and answer",
    minutes=8,
    does="You ask the shop for a price, and then answer such questions beside its two responders.",
    sees="The inbox for the answer, which comes within milliseconds, and then the shop's own "
    "questions in your terminal.",
    steps=(
        Step(
            title="Ask for a price",
            says="Listen to the questions first, and leave the terminal open: it shows yours with "
            "its reply subject, which begins with `_INBOX`. The responder publishes the answer "
            "there. It has the price and the currency of ABC. Give each request a timeout of "
            "its own: the defaults of clients differ, from half a second on.",
            commands=(
                Command(does="Listen to the questions", line=f"nats sub {SUBJECT}", sdk=""),
                Command(
                    does="Ask",
                    line=f'nats request {SUBJECT} \'{{"sku": "ABC", "by": @number}}\' --timeout 1s',
                    sdk="",
                ),
            ),
            waits="a question on `price.lookup` with your number, at one of the responders",
            heard="One of the two responders has received your question, and answered it.",
            hears=typed(
                HopWanted(point="request.received", worker="price_responder", destination=SUBJECT),
                by="@number",
            ),
        ),
        Step(
            title="Answer the shop",
            says="Join the responders' group `pricing`, and leave the terminal open. Then let the "
            "shop ask ten times. About every third question is yours.",
            commands=(
                Command(
                    does="Be a third responder",
                    line=f"nats reply {SUBJECT} --queue pricing "
                    '\'{"sku": "ABC", "price": 9.99, "currency": "GBP", "by": @number}\'',
                    sdk="",
                ),
            ),
            press=Sending(
                slug="ask",
                label="Ask ten times for the price of ABC",
                says="As the checkout does.",
                send=ask_for_prices,
                way=(),
            ),
            waits="an answer with your number that the shop has accepted",
            heard="The shop has asked, you have answered, and it has accepted your answer.",
            hears=typed(
                HopWanted(point="request.answered", worker="web", destination=SUBJECT),
                by="@number",
            ),
        ),
    ),
    means="The client subscribed to an inbox of its own, sent its question with that subject, and "
    "waited for one message there. Several responders in a group share the questions, so that one "
    "may stop, or a third may start, without any other change.",
    pattern=request_reply.PATTERN.slug,
    questions=request_reply.PATTERN.questions[:2],
)
