"""Ask for pages of the site in this process, each so often: `ask_pages COUNT`.

It prints the median of each in milliseconds. There is no HTTP server between: it takes as long
whatever the tables have.
"""

import json
import statistics
import sys
import time

from django.contrib.auth import get_user_model
from django.test import Client

_ORDER = "00000000-0000-0000-0000-000000000071"
_ADMIN = "/admin/"
PAGES = {
    "order_ms": f"/api/orders/{_ORDER}",
    "journey_ms": f"/api/orders/{_ORDER}/journey",
    "status_ms": "/api/status",
    "orders_ms": f"{_ADMIN}orders/order/",
    "confirmed_ms": f"{_ADMIN}orders/order/?status__exact=confirmed",
    "page_2_ms": f"{_ADMIN}orders/order/?p=2",
    "search_id_ms": f"{_ADMIN}orders/order/?q={_ORDER}",
    "search_mail_ms": f"{_ADMIN}orders/order/?q=ann7@example.com",
    "outbox_ms": f"{_ADMIN}messaging/outboxmessage/",
    "inbox_ms": f"{_ADMIN}messaging/inboxentry/",
    "dead_letters_ms": f"{_ADMIN}messaging/deadletter/",
    "mails_ms": f"{_ADMIN}notifications/mail/",
    "reservations_ms": f"{_ADMIN}fulfilment/reservation/",
}


def milliseconds(client: Client, address: str) -> float:
    """Return how long the answer takes, which has to be a page."""
    began = time.perf_counter()
    answer = client.get(address, secure=True)
    took = 1000 * (time.perf_counter() - began)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status_code}")
    return took


def main(count: int) -> None:
    """Ask for all of them in turn, the first time for nothing, and print the medians."""
    client = Client(SERVER_NAME="127.0.0.1")
    users = get_user_model()
    client.force_login(users.objects.create_superuser(f"bench-{time.time_ns()}"))
    turns = [
        {name: milliseconds(client, address) for name, address in PAGES.items()}
        for _ in range(1 + count)
    ]
    print(json.dumps({name: statistics.median(turn[name] for turn in turns[1:]) for name in PAGES}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
