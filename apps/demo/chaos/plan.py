"""The plan of the chaos test: which fault comes when, and what is checked after it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from apps.demo.chaos import random_kills
from apps.demo.chaos.check import CheckResult, NotWithin, untrue
from apps.demo.chaos.customers import Customers, NoAnswer
from apps.demo.chaos.photos import Photos
from apps.demo.chaos.poison import poison
from apps.demo.chaos.shop import RunningShop
from apps.demo.chaos.single_faults import (
    a_responder_is_killed,
    everything_comes_again,
    sqs_is_away,
    the_stream_is_full,
)
from apps.demo.chaos.slow_handler import a_slow_handler


def run_plan(folder: Path, *, say: Callable[[str], object]) -> Iterator[CheckResult]:
    """Run a demo with the present settings, and yield each check as soon as it is made."""
    shop = RunningShop(folder)
    try:
        say("starting the demo")
        shop.start()
        yield from _break_it(shop, folder, say)
        say("stopping it")
        yield _stopped(shop)
    finally:
        shop.end()


def _break_it(
    shop: RunningShop, folder: Path, say: Callable[[str], object]
) -> Iterator[CheckResult]:
    customers = Customers(shop.web)
    photos = Photos(shop.web, next(iter(customers.stock)))
    say(f"{random_kills.ORDERS} orders are placed, and every process is killed meanwhile")
    random_kills.buy_during_kills(shop, customers, photos)
    for case in (
        sqs_is_away,
        the_stream_is_full,
        a_responder_is_killed,
    ):
        yield _checked(case, shop, customers, say)
    say("waiting until all is handled and mailed")
    try:
        yield from random_kills.audit_orders(shop, customers, photos)
    except NotWithin as error:
        yield CheckResult("orders end after random kills", str(error))
    slow = partial(a_slow_handler, folder=folder)
    for last in (everything_comes_again, poison, slow):
        yield _checked(last, shop, customers, say)


def _checked(
    case: Callable[[RunningShop, Customers], CheckResult],
    shop: RunningShop,
    customers: Customers,
    say: Callable[[str], object],
) -> CheckResult:
    name = getattr(case, "func", case).__name__.replace("_", " ")
    say(name)
    try:
        return case(shop, customers)
    except (NotWithin, NoAnswer) as error:
        return CheckResult(name, str(error))


def _stopped(shop: RunningShop) -> CheckResult:
    before = shop.count("Traceback")
    code, seconds, left = shop.stop()
    tracebacks = shop.count("Traceback") - before
    return CheckResult(
        f"SIGTERM: all ended within {seconds:.1f} s, exit code {code}, {tracebacks} tracebacks, "
        f"{len(left)} left running",
        untrue(
            exit_0=code == 0, within_10_s=seconds < 10, none_left=not left, quiet=not tracebacks
        ),
    )
