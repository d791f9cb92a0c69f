"""The statements of the earlier build's `place_order` by psycopg alone: `raw_placing SECONDS`."""

import json
import os
import secrets
import sys
import time
import uuid
from decimal import Decimal
from typing import Any

import psycopg

SKUS = ("SKU-0001", "SKU-0008", "SKU-0015")
_ORDER = """INSERT INTO orders_order (id, token, email, status, reason, total, currency)
VALUES (%s, %s, 'a@example.com', 'placed', '', 12.00, 'GBP') RETURNING placed_at"""
_LINES = """INSERT INTO orders_orderline (order_id, sku, name, quantity, price)
SELECT * FROM UNNEST(%s::uuid[], %s::varchar[], %s::varchar[], %s::int[], %s::numeric[])
RETURNING id"""
_RECORD = """INSERT INTO messaging_outboxmessage
(message_id, lane, destination, key, headers, body, lease_token, tries, error)
VALUES (%s, 'jetstream', 'orders.placed', %s, %s, %s, '', 0, '') RETURNING id, recorded_at"""


def place(db: "psycopg.Connection[Any]") -> None:
    """Store an order with three lines and its event."""
    order, message = uuid.uuid4(), uuid.uuid4()
    lines = [{"sku": sku, "name": f"Product {sku}", "quantity": 1, "price": 4.0} for sku in SKUS]
    body = json.dumps({"id": str(order), "total": 12.0, "currency": "GBP", "lines": lines})
    headers = json.dumps({"ce-id": str(message), "ce-subject": str(order)})
    names = [str(line["name"]) for line in lines]
    with db.transaction():
        db.execute(_ORDER, [order, secrets.token_urlsafe(24)])
        db.execute(_LINES, [[order] * 3, list(SKUS), names, [1] * 3, [Decimal("4.00")] * 3])
        db.execute(_RECORD, [message, str(order), headers, body])


def main(seconds: float) -> None:
    """Place them until the time is over, and print what one took."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=1) as db:
        place(db)
        began, used, count = time.perf_counter(), sum(os.times()[:2]), 0
        while (took := time.perf_counter() - began) < seconds:
            place(db)
            count += 1
    cpu = sum(os.times()[:2]) - used
    print(json.dumps({"rate": count / took, "cpu_us": cpu / count * 1e6}))


if __name__ == "__main__":
    main(float(sys.argv[1]))
