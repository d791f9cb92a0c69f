"""The durable consumers: events per second out of a full stream, with their effects committed."""

from collections.abc import Callable
from functools import partial

from bench.kit.bench import Bench
from bench.kit.builds import PEERS_PYTHON, Build
from bench.kit.checks import require
from bench.kit.figures import Case, Figure, Row
from bench.kit.stage import Scene, Stage
from bench.kit.watching import Sample, watch

_FEWER = 8
"""What handles event by event gets an eighth of them: it needs as long."""

type Check = Callable[[Stage, int], None]
"""Is called with the number of events that were acknowledged."""


def figure(bench: Bench) -> Figure:
    """Fulfilment beside its floor and its peers; sales and notification beside the build before."""
    fulfilment = partial(_shipped, bench, "fulfilment", check=check_fulfilment)
    sales = partial(_shipped, bench, "sales", check=_check_sales)
    notification = partial(_shipped, bench, "notification", check=_check_notification)
    peer = partial(_peer, bench)
    cases = [
        Case(name="fulfilment", run=partial(fulfilment, bench.now)),
        Case(name="fulfilment, before", run=partial(fulfilment, bench.before)),
        Case(name="raw psycopg", run=partial(peer, "floors.raw_consumer")),
        Case(name="FastStream", run=partial(peer, "peers.faststream_consumer")),
        Case(name="django-nats-consumer", run=partial(peer, "peers.django_nats_consumer")),
        Case(name="sales", run=partial(sales, bench.now)),
        Case(name="sales, before", run=partial(sales, bench.before)),
        Case(name="notification", run=partial(notification, bench.now)),
        Case(name="notification, before", run=partial(notification, bench.before)),
    ]
    return Figure(title="Consumers", cases=cases, rows=_rows())


def _rows() -> list[Row]:
    beside = ("fulfilment, before", "raw psycopg", "FastStream", "django-nats-consumer")
    rows = [
        Row(title="Fulfilment", case="fulfilment", against=each, unit="events/s") for each in beside
    ]
    rows += [
        Row(
            title="Fulfilment, CPU of an event",
            case="fulfilment",
            against=each,
            metric="cpu_us",
            unit="µs",
            better="lower",
        )
        for each in beside[:2]
    ]
    for name in ("sales", "notification"):
        rows.append(Row(title=name.title(), case=name, against=f"{name}, before", unit="events/s"))
    return rows


def _shipped(bench: Bench, durable: str, build: Build, *, check: Check) -> Sample:
    return handle(bench, durable, build, _scene(bench, durable, build), check=check)


def handle(bench: Bench, durable: str, build: Build, scene: Scene, *, check: Check) -> Sample:
    """Run a shipped worker from its start, and check what it committed."""
    with bench.world.stage(build, scene, sqs_url=bench.sqs_url) as stage:
        worker = stage.start(build.worker(f"{durable}_consumer"))
        goal = _waiting(stage, durable)
        sample = watch(
            stage,
            lambda: goal - _waiting(stage, durable),
            goal=goal,
            seconds=bench.size.seconds,
            workers=[worker],
        )
        stage.stop_processes()
        check(stage, goal - _waiting(stage, durable))
        return sample


def _peer(bench: Bench, module: str) -> Sample:
    """Run a floor or a peer on the tables and the events of the earlier build."""
    build, events = bench.before, _few(bench)
    with bench.world.stage(build, bench.scenes.placed_events(build, events)) as stage:
        consumer = stage.start(stage.program(module, python=PEERS_PYTHON))
        sample = watch(
            stage,
            lambda: events - _waiting(stage, "fulfilment"),
            goal=events,
            seconds=bench.size.seconds,
            workers=[consumer],
        )
        stage.stop_processes()
        check_fulfilment(stage, events - _waiting(stage, "fulfilment"))
        return sample


def _scene(bench: Bench, durable: str, build: Build) -> Scene:
    events = bench.size.events if build is bench.now else _few(bench)
    if durable == "fulfilment":
        return bench.scenes.placed_events(build, events)
    return bench.scenes.confirmed_events(build, events)


def _few(bench: Bench) -> int:
    return max(100, bench.size.events // _FEWER)


def _waiting(stage: Stage, durable: str) -> int:
    return stage.nats.waiting(durable)


def check_fulfilment(stage: Stage, acknowledged: int) -> None:
    """Each event that was handled has each of its effects once."""
    events = handled(stage, "fulfilment", acknowledged)
    for what, query in {
        "confirmed orders": "SELECT count(*) FROM orders_order WHERE status = 'confirmed'",
        "reservations": "SELECT count(*) FROM fulfilment_reservation",
        "recorded confirmations": (
            "SELECT count(DISTINCT key) FROM messaging_outboxmessage"
            " WHERE destination = 'orders.confirmed'"
        ),
        "recorded events": "SELECT count(*) FROM messaging_outboxmessage",
        "orders' stock": "SELECT sum(1000000000 - stock) / 3 FROM catalog_product",
    }.items():
        require(what, found=stage.count(query), wanted=events)


def _check_sales(stage: Stage, acknowledged: int) -> None:
    events = handled(stage, "sales", acknowledged)
    counted = stage.count("SELECT coalesce(sum(confirmed), 0) FROM sales_salesday")
    require("counted orders", found=counted, wanted=events)


def _check_notification(stage: Stage, acknowledged: int) -> None:
    events = handled(stage, "notification", acknowledged)
    mails = "SELECT count(DISTINCT order_id) FROM notifications_mail"
    require("mails that are due", found=stage.count(mails), wanted=events)


def handled(stage: Stage, durable: str, acknowledged: int) -> int:
    """Return how many are in the inbox: all that were acknowledged, and perhaps a few more."""
    events = stage.count(f"SELECT count(*) FROM messaging_inboxentry WHERE consumer = '{durable}'")
    require("acknowledged, and not handled", found=max(0, acknowledged - events), wanted=0)
    return events
