"""The orders, and the audit afterwards: nothing lost, nothing twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from apps.demo.chaos.audit import Audit, until_settled
from apps.demo.chaos.check import CheckResult, NotWithin, untrue
from apps.demo.chaos.customers import Customers, NoAnswer
from apps.demo.chaos.photos import Photos
from apps.demo.chaos.shop import RunningShop
from tests.cable.cable import Cable
from tests.cable.saboteur import Saboteur

RATE = 5.0
"""Orders a second, while customers are answered."""
AT_ONCE = 8
PATIENCE = 180.0
STARTS_WITHIN_SECONDS = 180.0
SETTLED_WITHIN_SECONDS = 240.0


def course(
    orders: int, cable: Cable, folder: Path, *, say: Callable[[str], object]
) -> Iterator[CheckResult]:
    """Run a demo on the present settings, and yield each check as soon as it is made."""
    shop = RunningShop(folder, starts_within=STARTS_WITHIN_SECONDS)
    try:
        say(f"starting the demo, with {sum(settings.WORKERS.values())} workers")
        shop.start(FAILPOINTS="")
        customers = Customers(shop.web, at_once=AT_ONCE, patience=PATIENCE)
        photos = Photos(shop.web, next(iter(customers.stock)))
        saboteur = Saboteur(shop, cable, photos)
        say(f"{orders} orders are placed meanwhile")
        with saboteur.at_work():
            customers.buy(orders, rate=RATE, cancel_every=10)
        done = ", ".join(f"{count} {what}" for what, count in sorted(saboteur.done.items()))
        say(f"{done}; customers asked again {customers.asked_again} times; waiting for the end")
        settled = until_settled(shop.web, customers, within=SETTLED_WITHIN_SECONDS)
        yield CheckResult(
            f"{done} while {orders} orders were placed; all was quiet {settled:.0f} s later",
            untrue(cut=saboteur.done["cuts"] > 0, slowed=saboteur.done["times slow"] > 0),
        )
        yield from _audit_orders(shop, customers)
        yield photos.check()
    except (NotWithin, NoAnswer) as error:
        yield CheckResult("orders end", str(error))
    finally:
        shop.end()


def _audit_orders(shop: RunningShop, customers: Customers) -> Iterator[CheckResult]:
    audit = Audit(shop.web, customers)
    lost, twice = audit.mails_lost(), audit.mails_twice()
    killed_at_it = shop.deaths_with_mails()
    letters = shop.web.status("dead_letters")["total"]
    yield CheckResult(
        f"{len(customers.orders)} orders: {audit.ended()} ended once, stock adds up, "
        f"{audit.mails.total()} mails, {lost} lost, {twice} twice "
        f"(at most one for each of the {killed_at_it} kills of a worker that sends them)",
        untrue(
            ended_once=audit.ended_once(),
            stock=audit.stock_adds_up(),
            mails=not lost and twice <= killed_at_it and set(audit.mails) == audit.mails_due(),
        ),
    )
    yield CheckResult(
        f"{audit.events()} events recorded and stored, {audit.stored_twice} twice, in order for "
        "each order",
        untrue(stored_once_and_in_order=audit.stored == audit.recorded and not audit.stored_twice),
    )
    yield CheckResult("sales add up", untrue(projection=audit.sales_add_up()))
    yield CheckResult(f"{letters} dead letters of all this", untrue(none=letters == 0))
