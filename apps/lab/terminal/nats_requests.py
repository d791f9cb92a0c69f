"""`nats request` and `reply`: request-reply from the terminal."""

import time
from itertools import count

from apps.lab.map.typed_points import RECEIVED, SENT
from apps.lab.terminal import rights
from apps.lab.terminal.nats_text import body_lines, clock, header_lines, round_trip, text_of
from apps.lab.terminal.reporting import Joined, report
from apps.lab.terminal.tool import LineValues, Screen
from apps.messaging.by_hand.nats_at_terminal import NatsByHand, by_hand
from apps.messaging.by_hand.nats_messages import MessageByHand, NoListener


async def request(given: LineValues, screen: Screen) -> None:
    """Ask, and print the answer. `nats` says nothing if none comes in time; here it is an error."""
    subject, body, headers = given["subject"], given["body"].encode(), dict(given["header"])
    rights.check_publish(subject)
    async with by_hand() as nats:
        if not given["raw"]:
            screen.say(f'{clock()} Sending request on "{subject}"')
        report(SENT, subject, body, headers=headers)
        asked = time.monotonic()
        try:
            answer = await nats.request(subject, body, headers=headers, seconds=given["timeout"])
        except NoListener:
            screen.say(f"{clock()} No responders are available")
            return
        if not given["raw"]:
            screen.say(f"{clock()} Received with rtt {round_trip(time.monotonic() - asked)}")
        report(RECEIVED, subject, answer.body, headers=answer.headers)
        lines = body_lines(answer.headers, answer.body)
        for line in [text_of(answer.body)] if given["raw"] else lines:
            screen.say(line)


async def reply(given: LineValues, screen: Screen) -> None:
    """Answer each request until `--count` of them have come, or the line ends."""
    subject, group = given["subject"], given["queue"]
    rights.check_subscribe(subject)
    joined = Joined(group)
    async with by_hand() as nats:
        requests = await nats.listen(subject, queue=group)
        screen.say(f'{clock()} Listening on "{subject}" in group "{group}"')
        for number in count():
            if number == given["count"]:
                return
            message = await anext(requests)
            report(RECEIVED, message.subject, message.body, headers=message.headers, joined=joined)
            screen.say(f'{clock()} [#{number}] Received on subject "{message.subject}":')
            for line in header_lines(message.headers, f"{clock()} "):
                screen.say(line)
            screen.say()
            screen.say(text_of(message.body) if message.body else "")
            await _answer(nats, message, given)


async def _answer(nats: NatsByHand, message: MessageByHand, given: LineValues) -> None:
    if not message.reply:
        return
    # The one who asks has named it.
    rights.check_reply(message.reply)
    answer = message.body if given["echo"] else (given["body"] or "").encode()
    await nats.publish(message.reply, answer, headers=dict(given["header"]))
    report(SENT, message.subject, answer)
