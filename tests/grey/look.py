"""One cell: orders come in, the fault comes and goes, and when all is quiet it is counted."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from django.utils import timezone

from apps.demo.chaos.audit import sales
from apps.demo.chaos.check import NotWithin, until, untrue
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.photos import Photos
from apps.demo.chaos.web import Web
from tests.grey.accounts import Accounts, letters, mails_are_due, still_placed
from tests.grey.bed import Bed
from tests.grey.cells import Cell
from tests.grey.health import watched

RATE = 10.0
"""Orders a second, as long as customers are answered."""
AROUND = 4.0
"""Seconds of orders before the fault and after it."""
AT_ONCE = 8
PATIENCE = 150.0
"""Seconds for which a customer asks again: longer than any fault."""
RECOVERED_WITHIN_SECONDS = 30.0
SETTLED_WITHIN_SECONDS = 300.0
"""A mail whose claim was lost waits for the claim's end and for beat's next look."""
HEALTHY_WITHIN_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """The result of one cell; `broken` names the claims that are false, and is empty if none is."""

    cell: str
    seconds: float
    placed: int
    ended: int
    letters: int
    recovered: float
    settled: float
    slowest_healthz: float
    broken: str

    @classmethod
    def of_trouble(cls, cell: Cell, trouble: str) -> "Row":
        """Return the row of a cell that could not be counted."""
        return cls(
            cell=cell.name,
            seconds=cell.seconds,
            placed=0,
            ended=0,
            letters=0,
            recovered=0.0,
            settled=0.0,
            slowest_healthz=0.0,
            broken=trouble,
        )


def look_into(cell: Cell, bed: Bed, photos: Photos) -> Row:
    """Raises `NoAnswer` where the shop did not take orders again in time."""
    customers = Customers(bed.web_of_customers, at_once=AT_ONCE, patience=PATIENCE)
    letters_before, sales_before, began = letters(), sales(), timezone.now()
    with watched(bed.shop.web) as health:
        recovered = _buy_through_it(cell, bed, customers, photos)
        settled = _wait(lambda: _is_quiet(bed.shop.web, customers, photos), SETTLED_WITHIN_SECONDS)
    accounts = Accounts(customers)
    buried = letters() - letters_before
    return Row(
        cell=cell.name,
        seconds=cell.seconds,
        placed=len(customers.orders),
        ended=accounts.ended(),
        letters=buried,
        recovered=round(recovered, 1),
        settled=round(settled, 1),
        slowest_healthz=round(health.slowest, 2),
        broken=untrue(
            orders_came=bool(customers.orders),
            ended_once=accounts.all_ended_once(),
            stock=accounts.stock_adds_up(),
            sales=accounts.sales_add_up(since=sales_before),
            stored_once=accounts.stored_once(since=began),
            photos=photos.are_ready(),
            all_mailed=accounts.all_mailed(),
            no_mail_twice=not accounts.mails_twice(),
            no_letters=not buried,
            recovered=recovered <= RECOVERED_WITHIN_SECONDS,
            settled=settled <= SETTLED_WITHIN_SECONDS,
            healthy_throughout=not cell.web_answers
            or health.is_good(within=HEALTHY_WITHIN_SECONDS),
        ),
    )


def _buy_through_it(cell: Cell, bed: Bed, customers: Customers, photos: Photos) -> float:
    """Return how long after the fault the last order of before its end has ended, in seconds."""
    count = round(RATE * (cell.seconds + 2 * AROUND))
    with ThreadPoolExecutor() as at_once:
        buying = at_once.submit(customers.buy, count, rate=RATE, cancel_every=25)
        time.sleep(AROUND)
        with cell.fault(bed):
            uploading = at_once.submit(photos.add_at_last, within=PATIENCE)
            time.sleep(cell.seconds)
        over = timezone.now()
        recovered = _wait(lambda: not still_placed(over), 2 * RECOVERED_WITHIN_SECONDS)
        buying.result()
        uploading.result()
    return recovered


def _is_quiet(web: Web, customers: Customers, photos: Photos) -> bool:
    status = web.get("/api/status").body
    return (
        bool(status["consumers"])
        and not any(each["pending"] + each["ack_pending"] for each in status["consumers"])
        and status["outbox"]["unsent"] == 0
        # The accounts read the events and mails of all cells so far: only when nothing waits.
        and not mails_are_due()
        and (accounts := Accounts(customers)).all_ended_once()
        and accounts.all_mailed()
        and photos.are_ready()
    )


def _wait(condition: Callable[[], bool], within: float) -> float:
    """Return the seconds until the condition holds, or the seconds of the timeout."""
    began = time.monotonic()
    with suppress(NotWithin):
        until(condition, within=within, what="")
    return time.monotonic() - began
