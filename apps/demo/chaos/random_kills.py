"""Kills every process while customers buy; then compares what they ordered with what is stored."""

import threading
from collections.abc import Iterator

from apps.demo.chaos.audit import Audit, until_settled
from apps.demo.chaos.check import CheckResult, untrue
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.photos import Photos
from apps.demo.chaos.shop import RunningShop

ORDERS = 300
RATE = 8.0
PAUSE = 1.0
"""Seconds between two kills: each process lives long enough to have a message in flight."""
MAIL_WITHIN_SECONDS = 75.0
"""Seconds. A mail whose worker died waits until its claim expires and beat reconciles it."""
BEFORE_THE_MARK, BEFORE_THE_TASK, BEFORE_THE_MAIL = DEADLY_POINTS = (
    "relay.published",
    "mail.due",
    "mail.claimed",
)
"""Hooks at which a process dies now and then, besides the kills."""


def buy_during_kills(shop: RunningShop, customers: Customers, photos: Photos) -> None:
    """Place the orders while every process is killed in turn, again and again."""
    done = threading.Event()
    killer = threading.Thread(target=_kill_all, args=(shop, photos, done))
    killer.start()
    try:
        customers.buy(ORDERS, rate=RATE, cancel_every=10)
    finally:
        done.set()
        killer.join()


def _kill_all(shop: RunningShop, photos: Photos, done: threading.Event) -> None:
    while True:
        for place, name in enumerate(shop.names()):
            if done.wait(PAUSE):
                return
            if place % 6 == 0:
                photos.add()
            shop.kill(name, place=place)


def audit_orders(shop: RunningShop, customers: Customers, photos: Photos) -> Iterator[CheckResult]:
    """Wait until every order has ended, and audit them. Raises `NotWithin`."""
    until_settled(shop.web, customers, within=MAIL_WITHIN_SECONDS)
    audit = Audit(shop.web, customers)
    yield _all_ended(shop, customers, audit)
    yield _relayed(shop, audit)
    yield _mailed(shop, audit)
    yield _sales(audit)
    yield photos.check()
    letters = shop.web.status("dead_letters")["total"]
    yield CheckResult(f"{letters} dead letters of all this", untrue(none=letters == 0))


def _all_ended(shop: RunningShop, customers: Customers, audit: Audit) -> CheckResult:
    kills = shop.kills.total() + sum(map(shop.deaths, DEADLY_POINTS))
    lost, twice, in_doubt = audit.mails_lost(), audit.mails_twice(), shop.deaths_with_mails()
    return CheckResult(
        f"{len(customers.orders)} orders, {kills} kills: {audit.ended()} ended once, "
        f"stock adds up, {audit.mails.total()} mails, {lost} lost, {twice} twice "
        f"(at most one for each of the {in_doubt} deaths of a worker that sends them)",
        untrue(
            every_process_was_killed=set(shop.kills) == set(shop.names()),
            ended_once=audit.ended_once(),
            stock=audit.stock_adds_up(),
            mails=not lost and twice <= in_doubt and set(audit.mails) == audit.mails_due(),
        ),
    )


def _relayed(shop: RunningShop, audit: Audit) -> CheckResult:
    deaths = shop.deaths(BEFORE_THE_MARK)
    return CheckResult(
        f"outbox_relay died {deaths} times between publish and mark: {audit.events()} events "
        f"recorded and stored, {audit.stored_twice} twice, in order for each order",
        untrue(
            died=deaths > 0,
            stored_once_and_in_order=audit.stored == audit.recorded and not audit.stored_twice,
        ),
    )


def _mailed(shop: RunningShop, audit: Audit) -> CheckResult:
    due, claimed = shop.deaths(BEFORE_THE_TASK), shop.deaths(BEFORE_THE_MAIL)
    lost, twice = audit.mails_lost(), audit.mails_twice()
    return CheckResult(
        f"{due} died between a mail's commit and its task, {claimed} with a claimed mail: "
        f"{lost} mails lost, {twice} twice",
        untrue(
            died=due > 0 and claimed > 0,
            mailed_once=not lost and twice <= shop.deaths_with_mails(),
        ),
    )


def _sales(audit: Audit) -> CheckResult:
    sales = audit.sales
    return CheckResult(
        f"sales add up: {sales['placed']} placed, {sales['confirmed']} confirmed, "
        f"{sales['rejected']} rejected, {sales['cancelled']} cancelled, {sales['revenue']} taken",
        untrue(projection=audit.sales_add_up()),
    )
