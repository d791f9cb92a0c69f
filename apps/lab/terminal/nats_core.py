"""`nats pub` and `nats sub`: core NATS from the terminal."""

from apps.lab.map.typed_points import RECEIVED, SENT
from apps.lab.terminal import rights
from apps.lab.terminal.nats_text import body_lines, clock, header_lines, text_of
from apps.lab.terminal.reporting import Joined, report
from apps.lab.terminal.tool import LineValues, Screen
from apps.messaging.by_hand.nats_at_terminal import by_hand
from apps.messaging.by_hand.nats_messages import MessageByHand


async def publish(given: LineValues, screen: Screen) -> None:
    subject, headers = given["subject"], dict(given["header"])
    rights.check_publish(subject)
    if given["reply"]:
        rights.check_reply(given["reply"])
    async with by_hand() as nats:
        for _ in range(given["count"]):
            body = given["body"].encode()
            await nats.publish(subject, body, headers=headers, to=given["reply"])
            report(SENT, subject, body, headers=headers)
            if not given["quiet"]:
                screen.say(f'{clock()} Published {len(body)} bytes to "{subject}"')


async def subscribe(given: LineValues, screen: Screen) -> None:
    """Print each message until `--count` of them have come, or the line ends."""
    subject = given["subject"]
    rights.check_subscribe(subject)
    joined = Joined(given["queue"]) if given["queue"] else None
    async with by_hand() as nats:
        messages = await nats.listen(subject, queue=given["queue"])
        if not given["raw"]:
            screen.say(f"{clock()} Subscribing on {subject} ")
        number = 0
        async for message in messages:
            number += 1
            report(
                RECEIVED,
                message.subject,
                message.body,
                headers=message.headers,
                joined=joined,
            )
            show(message, _received(number, message), given, screen)
            if number == given["count"]:
                return


def show(message: MessageByHand, title: str, given: LineValues, screen: Screen) -> None:
    """Print a message that a subscription has received, as the flags say."""
    if given["subjects-only"]:
        lines = [title]
    elif given["raw"]:
        lines = [text_of(message.body)]
    elif given["headers-only"]:
        lines = [title, *header_lines(message.headers), ""]
    else:
        lines = [title, *body_lines(message.headers, message.body)]
    for line in lines:
        screen.say(line)


def _received(number: int, message: MessageByHand) -> str:
    reply = f' with reply "{message.reply}"' if message.reply else ""
    return f'[#{number}] Received on "{message.subject}"{reply}'
