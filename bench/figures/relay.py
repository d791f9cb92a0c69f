"""The outbox relay: rows per second from a full outbox into the stream."""

from functools import partial

from bench.kit.bench import Bench
from bench.kit.builds import Build
from bench.kit.checks import check_the_outbox_is_in_the_stream, require
from bench.kit.figures import Case, Figure, Row
from bench.kit.stage import Scene, Stage
from bench.kit.watching import Sample, watch

_NAIVE_ROWS = 1_000
_LEAN_TIMES = 5
"""Publishing alone is so quick that it gets more messages, to be measured for as long."""
_UNSENT = "SELECT count(*) FROM messaging_outboxmessage WHERE sent_at IS NULL"


def figure(bench: Bench) -> Figure:
    """The shipped relay beside publishing alone, a naive relay, and itself on other outboxes."""
    now, before, rows = bench.now, bench.before, bench.size.rows
    drain = partial(_drain, bench)
    one_key, backlog = bench.size.one_key, bench.size.backlog
    cases = [
        Case(name="now", run=partial(drain, now, rows)),
        Case(name="before", run=partial(drain, before, rows)),
        Case(name="publish only", run=partial(_publish_only, bench)),
        Case(name="naive relay", run=partial(_naive, bench)),
        Case(name="now, on disk", run=partial(drain, now, rows, sync_interval="always")),
        Case(name="now, one key", run=partial(drain, now, one_key, is_one_key=True)),
        Case(name="before, one key", run=partial(drain, before, one_key, is_one_key=True)),
        Case(name="now, large backlog", run=partial(drain, now, backlog)),
        Case(name="now, small backlog", run=partial(drain, now, backlog // 100)),
        Case(name="now, two relays", run=partial(drain, now, rows, relays=2)),
    ]
    return Figure(title="Outbox relay", cases=cases, rows=_rows(bench))


def _rows(bench: Bench) -> list[Row]:
    keys, large = f"{bench.size.one_key:,}", f"{bench.size.backlog:,}"
    unit = "rows/s"
    return [
        Row(title="Relay, full outbox", case="now", against="before", unit=unit),
        Row(title="Relay, full outbox", case="now", against="publish only", unit=unit),
        Row(title="Relay, full outbox", case="now", against="naive relay", unit=unit),
        Row(
            title="Relay, CPU of a row",
            case="now",
            against="before",
            metric="cpu_us",
            unit="µs",
            better="lower",
        ),
        Row(
            title="Relay, `sync_interval: always`", case="now, on disk", against="before", unit=unit
        ),
        Row(
            title=f"Relay, {keys} rows of one key",
            case="now, one key",
            against="before, one key",
            unit=unit,
        ),
        Row(title=f"Relay, {keys} rows of one key", case="now, one key", against="now", unit=unit),
        Row(
            title=f"Relay, first of {large} rows",
            case="now, large backlog",
            against="now, small backlog",
            unit=unit,
        ),
        Row(
            title=f"Relay, first of {bench.size.rows:,} rows",
            case="now",
            against="now, small backlog",
            unit=unit,
        ),
        Row(title="Two relays", case="now, two relays", against="now", unit=unit),
    ]


def _drain(
    bench: Bench,
    build: Build,
    rows: int,
    *,
    is_one_key: bool = False,
    relays: int = 1,
    sync_interval: str = "2m",
) -> Sample:
    """Run the shipped relay; all of its rows are there before it may take the first."""
    scene = bench.scenes.full_outbox(build, rows, is_one_key=is_one_key)
    with bench.world.stage(build, scene, sync_interval=sync_interval) as stage:
        with stage.db.transaction():
            # No claim succeeds before all relays are ready.
            stage.db.execute("LOCK TABLE messaging_outboxmessage IN EXCLUSIVE MODE")
            names = [str(number) for number in range(1, relays + 1)]
            workers = [stage.worker("outbox_relay", instance=name) for name in names]
        sample = watch(
            stage, stage.nats.stored, goal=rows, seconds=bench.size.seconds, workers=workers
        )
        stage.stop_processes()
        _check(stage, rows)
        return sample


def _publish_only(bench: Bench) -> Sample:
    rows = _LEAN_TIMES * bench.size.rows
    with bench.world.stage(bench.now, bench.scenes.shop(bench.now)) as stage:
        publisher = stage.start(stage.program("floors.publish_only", str(rows)))
        return watch(
            stage, stage.nats.stored, goal=rows, seconds=bench.size.seconds, workers=[publisher]
        )


def _naive(bench: Bench) -> Sample:
    """On the earlier build, whose columns never change."""
    rows = min(_NAIVE_ROWS, bench.size.rows)
    scene: Scene = bench.scenes.full_outbox(bench.before, rows)
    with bench.world.stage(bench.before, scene) as stage:
        relay = stage.start(stage.program("programs.naive_relay"))
        return watch(
            stage, stage.nats.stored, goal=rows, seconds=bench.size.seconds, workers=[relay]
        )


def _check(stage: Stage, rows: int) -> None:
    check_the_outbox_is_in_the_stream(stage)
    if stage.nats.stored() == rows:
        require("rows that are sent and not marked", found=stage.count(_UNSENT), wanted=0)
