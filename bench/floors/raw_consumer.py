"""The statements of the earlier build's fulfilment by psycopg alone, event by event."""

import asyncio
import json
import os
import uuid
from typing import Any

import nats
import psycopg
import uvloop
from nats.errors import TimeoutError as NothingCame

BATCH = 100

_NEW = """INSERT INTO messaging_inboxentry (consumer, message_id, key) VALUES ('fulfilment', %s, %s)
ON CONFLICT (consumer, message_id) DO NOTHING"""
_LOCK = """SELECT id, token, email, status, reason, total, currency, placed_at, ended_at
FROM orders_order WHERE id = %s FOR NO KEY UPDATE"""
_LINES = "SELECT sku, name, quantity, price FROM orders_orderline WHERE order_id = %s ORDER BY id"
_TAKE = "UPDATE catalog_product SET stock = stock - %s WHERE sku = %s AND stock >= %s"
_RESERVE = "INSERT INTO fulfilment_reservation (order_id, lines) VALUES (%s, %s) RETURNING id"
_CONFIRM = "UPDATE orders_order SET status = 'confirmed', ended_at = now() WHERE id = %s"
_RECORD = """INSERT INTO messaging_outboxmessage
(message_id, lane, destination, key, headers, body, lease_token, tries, error)
VALUES (%s, 'jetstream', 'orders.confirmed', %s, %s, %s, '', 0, '') RETURNING id"""


def handle(db: "psycopg.Connection[Any]", body: bytes, headers: dict[str, str]) -> None:
    """Do the work of one event, statement by statement."""
    order = json.loads(body)["id"]
    with db.transaction():
        if not db.execute(_NEW, [headers["ce-id"], headers["ce-subject"]]).rowcount:
            return
        with db.transaction():
            found = db.execute(_LOCK, [order]).fetchone()
            assert found
            assert found[3] == "placed"
            db.execute(_LINES, [order]).fetchall()
            lines = sorted(db.execute(_LINES, [order]).fetchall())
            with db.transaction():
                for sku, _, quantity, _ in lines:
                    assert db.execute(_TAKE, [quantity, sku, quantity]).rowcount
            reserved = json.dumps([[sku, quantity] for sku, _, quantity, _ in lines])
            db.execute(_RESERVE, [order, reserved])
            db.execute(_CONFIRM, [order])
            db.execute(_LINES, [order]).fetchall()
            message_id = uuid.uuid4()
            sent = json.dumps(headers | {"ce-id": str(message_id)})
            db.execute(_RECORD, [message_id, order, sent, body.decode()])


async def main() -> None:
    """Pull, handle, acknowledge, until the process is stopped."""
    nc = await nats.connect(os.environ["NATS_URL"])
    pull = await nc.jetstream().pull_subscribe_bind("fulfilment", "ORDERS")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1) as db:
        while True:
            try:
                messages = await pull.fetch(BATCH, timeout=1)
            except NothingCame:
                continue
            for message in messages:
                handle(db, message.data, message.headers or {})
                await message.ack()
                await asyncio.sleep(0)  # The client's own task sends it.


if __name__ == "__main__":
    uvloop.run(main())
