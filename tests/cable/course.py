"""The orders, and the books afterwards: nothing lost, nothing twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from apps.demo.chaos.audit import Books, until_settled
from apps.demo.chaos.check import NotWithin, Promise, unkept
from apps.demo.chaos.customers import Customers, NoAnswer
from apps.demo.chaos.photos import Photos
from apps.demo.chaos.shop import RunningShop
from tests.cable.cable import Cable
from tests.cable.saboteur import Saboteur

RATE = 5.0
"""Orders a second, while customers are answered."""
AT_ONCE = 8
PATIENCE = 180.0
STARTS_WITHIN = 180.0
SETTLED_WITHIN = 240.0


def course(
    orders: int, cable: Cable, folder: Path, *, say: Callable[[str], object]
) -> Iterator[Promise]:
    """Run a demo on the present settings, and yield each promise as soon as it is looked into."""
    shop = RunningShop(folder, starts_within=STARTS_WITHIN)
    try:
        say(f"starting the demo, with {sum(settings.WORKERS.values())} workers")
        shop.start(SEAMS="")
        customers = Customers(shop.web, at_once=AT_ONCE, patience=PATIENCE)
        photos = Photos(shop.web, next(iter(customers.stock)))
        saboteur = Saboteur(shop, cable, photos)
        say(f"{orders} orders are placed meanwhile")
        with saboteur.at_work():
            customers.buy(orders, rate=RATE, cancel_every=10)
        done = ", ".join(f"{count} {what}" for what, count in sorted(saboteur.done.items()))
        say(f"{done}; customers asked again {customers.asked_again} times; waiting for the end")
        settled = until_settled(shop.web, customers, within=SETTLED_WITHIN)
        yield Promise(
            f"{done} while {orders} orders were placed; all was quiet {settled:.0f} s later",
            unkept(cut=saboteur.done["cuts"] > 0, slowed=saboteur.done["times slow"] > 0),
        )
        yield from _open_books(shop, customers)
        yield photos.promise()
    except (NotWithin, NoAnswer) as error:
        yield Promise("orders end", str(error))
    finally:
        shop.end()


def _open_books(shop: RunningShop, customers: Customers) -> Iterator[Promise]:
    books = Books(shop.web, customers)
    lost, twice = books.mails_lost(), books.mails_twice()
    killed_at_it = shop.deaths_with_mails()
    letters = shop.web.get("/api/status").body["dead_letters"]["total"]
    yield Promise(
        f"{len(customers.orders)} orders: {books.ended()} ended once, stock adds up, "
        f"{books.mails.total()} mails, {lost} lost, {twice} twice "
        f"(at most one for each of the {killed_at_it} kills of a worker that sends them)",
        unkept(
            ended_once=books.ended_once(),
            stock=books.stock_adds_up(),
            mails=not lost and twice <= killed_at_it and set(books.mails) == books.mails_due(),
        ),
    )
    yield Promise(
        f"{books.events()} events recorded and stored, {books.stored_twice} twice, in order for "
        "each order",
        unkept(stored_once_and_in_order=books.stored == books.recorded and not books.stored_twice),
    )
    yield Promise("sales add up", unkept(projection=books.sales_add_up()))
    yield Promise(f"{letters} dead letters of all this", unkept(none=letters == 0))
