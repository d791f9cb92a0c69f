"""One cell: orders come in, the fault comes and goes, and when all is quiet it is counted."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.utils import timezone

from apps.demo.chaos.audit import sales
from apps.demo.chaos.check import untrue
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.photos import Photos
from apps.demo.chaos.web import Web
from tests.grey.accounts import Accounts, letters, mails_due, still_placed
from tests.grey.bed import Bed
from tests.grey.cells import Cell
from tests.grey.health import watched
from tests.grey.mail_server import unheard_mails
from tests.grey.row import Row
from tests.grey.waited import Waited, wait

AROUND = 4.0
"""Seconds of orders before the fault and after it."""
AT_ONCE = 8
PATIENCE = 150.0
"""Seconds for which a customer asks again: longer than any fault."""
RECOVERED_WITHIN_SECONDS = 30.0
SETTLED_WITHIN_SECONDS = 300.0
"""A mail whose claim was lost waits for the claim's end and for beat's next look."""
HEALTHY_WITHIN_SECONDS = 1.0


def look_into(cell: Cell, bed: Bed, photos: Photos) -> Row:
    """Raises `NoAnswer` where the shop did not take orders again in time."""
    customers = Customers(bed.web_of_customers, at_once=AT_ONCE, patience=PATIENCE)
    letters_before, sales_before, began = letters(), sales(), timezone.now()
    with watched(bed.shop.web) as health:
        recovered = _buy_through_it(cell, bed, customers, photos)
        settled = wait(
            partial(_what_waits, bed.shop.web, customers, photos),
            limit=SETTLED_WITHIN_SECONDS,
            give_up=SETTLED_WITHIN_SECONDS,
        )
    accounts = Accounts(customers, unheard=unheard_mails(bed.mail_folder))
    buried = letters() - letters_before
    healthy = not cell.web_answers or health.is_good(within=HEALTHY_WITHIN_SECONDS)
    seen = {
        "recovered": recovered.late,
        "settled": settled.late,
        "healthy throughout": "" if healthy else f"{health.failed} of {health.answers} failed",
    }
    return Row(
        cell=cell.name,
        seconds=cell.seconds,
        placed=len(customers.orders),
        ended=accounts.ended(),
        letters=buried,
        recovered=round(recovered.seconds, 1),
        settled=round(settled.seconds, 1),
        slowest_healthz=round(health.slowest, 2),
        broken=_broken(
            seen,
            orders_came=bool(customers.orders),
            ended_once=accounts.all_ended_once(),
            stock=accounts.stock_adds_up(),
            sales=accounts.sales_add_up(since=sales_before),
            stored_once=accounts.stored_once(since=began),
            photos=photos.are_ready(),
            all_mailed=accounts.all_mailed(),
            no_mail_twice=not accounts.mails_twice(),
            letters=buried == cell.letters,
        ),
    )


def _broken(seen: dict[str, str], **claims: bool) -> str:
    """Return the claims that are false, and those of which something was seen that is wrong."""
    wrong = [f"{claim} ({what})" for claim, what in seen.items() if what]
    return ", ".join([*filter(None, [untrue(**claims)]), *wrong])


def _buy_through_it(cell: Cell, bed: Bed, customers: Customers, photos: Photos) -> Waited:
    """Return how long after the fault the last order of before its end has ended."""
    count = round(cell.rate * (cell.seconds + 2 * AROUND))
    with ThreadPoolExecutor() as at_once:
        buying = at_once.submit(customers.buy, count, rate=cell.rate, cancel_every=25)
        time.sleep(AROUND)
        with cell.fault(bed):
            uploading = at_once.submit(photos.add_at_last, within=PATIENCE)
            time.sleep(cell.seconds)
        recovered = wait(
            partial(still_placed, timezone.now()),
            limit=RECOVERED_WITHIN_SECONDS,
            give_up=2 * RECOVERED_WITHIN_SECONDS,
        )
        buying.result()
        uploading.result()
    return recovered


def _what_waits(web: Web, customers: Customers, photos: Photos) -> str:
    """Return what is not done yet, or an empty text; what is asked for last takes longest."""
    if mails := mails_due():
        return f"{mails} mails are due"
    status = web.get("/api/status").body
    if not (status["consumers"] and status["outbox"]):
        return f"not all parts answer: {status['problems']}"
    if events := sum(each["pending"] + each["ack_pending"] for each in status["consumers"]):
        return f"{events} events are not handled"
    if rows := status["outbox"]["unsent"]:
        return f"{rows} rows of the outbox are not sent"
    if not photos.are_ready():
        return "photos are not ready"
    return Accounts(customers).what_waits()
