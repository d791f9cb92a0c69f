"""What must be true after each round: nothing was lost, nothing came twice, the order was kept."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

import nats
from nats.errors import TimeoutError as NothingCame
from nats.js.api import AckPolicy, ConsumerConfig

from bench.kit.errors import WrongResult
from bench.kit.stage import Stage

_FETCH = 1000


def require(what: str, *, found: object, wanted: object) -> None:
    """Raise `WrongResult` if they differ."""
    if found != wanted:
        raise WrongResult(f"{what}: {found!r}, not {wanted!r}")


def check_the_outbox_is_in_the_stream(stage: Stage) -> None:
    """Each row that is marked as sent is stored once, and rows of one key in their order."""
    rows = stage.db.execute(
        "SELECT message_id::text, key, sent_at IS NOT NULL FROM messaging_outboxmessage ORDER BY id"
    ).fetchall()
    stored = asyncio.run(_ids_in_the_stream(stage.nats.url))
    require("messages that are stored twice", found=len(stored) - len(set(stored)), wanted=0)
    sent = {message_id for message_id, _, is_sent in rows if is_sent}
    require(
        "rows marked as sent, not stored", found=sorted(map(str, sent - set(stored))), wanted=[]
    )
    key_of = {str(message_id): str(key) for message_id, key, _ in rows}
    require("stored messages without a row", found=sorted(set(stored) - set(key_of)), wanted=[])
    there = set(stored)
    in_the_stream = _by_key(stored, key_of)
    recorded = _by_key((each for each in key_of if each in there), key_of)
    disordered = [key for key in recorded if recorded[key] != in_the_stream[key]]
    require("keys whose messages are out of order", found=disordered, wanted=[])


def _by_key(ids: Iterable[str], key_of: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for each in ids:
        found[key_of[each]].append(each)
    return found


async def _ids_in_the_stream(url: str) -> list[str]:
    """Return the message ids that the stream has, the first first."""
    nc = await nats.connect(url)
    try:
        jetstream = nc.jetstream()
        left = (await jetstream.stream_info("ORDERS")).state.messages
        pull = await jetstream.pull_subscribe(
            "orders.>", stream="ORDERS", config=ConsumerConfig(ack_policy=AckPolicy.NONE)
        )
        ids: list[str] = []
        while len(ids) < left:
            try:
                messages = await pull.fetch(min(_FETCH, left - len(ids)), timeout=5)
            except NothingCame:
                break
            ids += [(each.headers or {})["Nats-Msg-Id"] for each in messages]
        return ids
    finally:
        await nc.close()
