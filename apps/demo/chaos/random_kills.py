"""Every process is killed while people buy; then the books are opened."""

import threading
from collections.abc import Iterator

from apps.demo.chaos.audit import Books, until_settled
from apps.demo.chaos.check import Promise, unkept
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.photos import Photos
from apps.demo.chaos.shop import RunningShop

ORDERS = 300
RATE = 8.0
PAUSE = 1.0
"""Seconds between two kills: each process lives long enough to have something in hand."""
MAIL_WITHIN = 75.0
"""A mail whose task died with its claim waits for its end, and for beat's reconciling."""


def buy_under_fire(shop: RunningShop, customers: Customers, photos: Photos) -> None:
    """Place the orders while all that runs is killed, one after the other and round again."""
    ceasefire = threading.Event()
    killer = threading.Thread(target=_kill_all, args=(shop, photos, ceasefire))
    killer.start()
    try:
        customers.buy(ORDERS, rate=RATE, cancel_every=10)
    finally:
        ceasefire.set()
        killer.join()


def _kill_all(shop: RunningShop, photos: Photos, ceasefire: threading.Event) -> None:
    while True:
        for place, name in enumerate(shop.names()):
            if ceasefire.wait(PAUSE):
                return
            if place % 6 == 0:
                photos.add()
            shop.kill(name, place=place)


def open_books(shop: RunningShop, customers: Customers, photos: Photos) -> Iterator[Promise]:
    """Wait until all has come to its end, and count. Raises `NotWithin`."""
    until_settled(shop.web, customers, within=MAIL_WITHIN)
    books = Books(shop.web, customers)
    points = ("relay.published", "mail.due", "mail.claimed")
    relay, due, claimed = (shop.deaths(point) for point in points)
    lost, twice = books.mails_lost(), books.mails_twice()
    kills = shop.kills.total() + relay + due + claimed
    in_doubt = shop.deaths_with_mails()
    yield Promise(
        f"{len(customers.orders)} orders, {kills} kills: {books.ended()} ended once, "
        f"stock adds up, {books.mails.total()} mails, {lost} lost, {twice} twice "
        f"(at most one for each of the {in_doubt} deaths of a worker that sends them)",
        unkept(
            every_process_was_killed=set(shop.kills) == set(shop.names()),
            ended_once=books.ended_once(),
            stock=books.stock_adds_up(),
            mails=not lost and twice <= in_doubt and set(books.mails) == books.mails_due(),
        ),
    )
    yield Promise(
        f"outbox_relay died {relay} times between publish and mark: {books.events()} events "
        f"recorded and stored, {books.stored_twice} twice, in order for each order",
        unkept(
            died=relay > 0,
            stored_once_and_in_order=books.stored == books.recorded and not books.stored_twice,
        ),
    )
    yield Promise(
        f"{due} died between a mail's commit and its task, {claimed} with the mail in hand: "
        f"{lost} mails lost, {twice} twice",
        unkept(died=due > 0 and claimed > 0, mailed_once=not lost and twice <= in_doubt),
    )
    yield _sales(books)
    yield photos.promise()
    letters = shop.web.get("/api/status").body["dead_letters"]["total"]
    yield Promise(f"{letters} dead letters of all this", unkept(none=letters == 0))


def _sales(books: Books) -> Promise:
    sales = books.sales()
    return Promise(
        f"sales add up: {sales['placed']} placed, {sales['confirmed']} confirmed, "
        f"{sales['rejected']} rejected, {sales['cancelled']} cancelled, {sales['revenue']} taken",
        unkept(projection=books.sales_add_up()),
    )
