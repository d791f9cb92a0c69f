"""One event that takes longer than the server waits for its ack."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from apps.demo.chaos.check import CheckResult, until, untrue
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.shop import RunningShop
from apps.messaging.events.streams import ACK_WAIT
from apps.messaging.models import InboxEntry, WorkerInstance

SLOW_SECONDS = ACK_WAIT.total_seconds() + 2
FEW = 15
RATE = 10.0
REPEATED = r"sales_consumer .*attempt=[2-9]"


def a_slow_handler(shop: RunningShop, customers: Customers, folder: Path) -> CheckResult:
    """Delay one event for longer than the server waits for an ack; the others must not wait."""
    repeated_before = shop.count(REPEATED)
    with _slow_consumer(folder) as log:
        handled_before = _handled()
        customers.buy(FEW, rate=RATE)
        until(lambda: "broken on purpose" in log(), within=5, what="an event is delayed")
        others = until(
            lambda: _handled() - handled_before >= 2 * FEW - 1,
            within=10,
            what="the others",
        )
        until(
            lambda: _handled() - handled_before >= 2 * FEW,
            within=30,
            what="the slow one",
        )
        again = shop.count(REPEATED) - repeated_before + log().count("duplicate skipped")
    return CheckResult(
        f"a handler of {SLOW_SECONDS:.0f} s (ack wait {ACK_WAIT.total_seconds():.0f} s): "
        f"{again} deliveries of it again, {2 * FEW - 1} others handled meanwhile in {others:.1f} s",
        untrue(not_delivered_again=not again),
    )


@contextmanager
def _slow_consumer(folder: Path) -> Iterator[Callable[[], str]]:
    """Run a second `sales_consumer`, whose first event is slow; yield its log's reader."""
    path = folder / "slow.log"
    failpoints = f"consumer.fetched=delay:seconds={SLOW_SECONDS}:count=1"
    with path.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers.sales_consumer"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"FAILPOINTS": failpoints, "WORKER_INSTANCE": "slow"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    row = WorkerInstance.objects.filter(name="sales_consumer", pid=process.pid, is_ready=True)
    try:
        until(row.exists, within=20, what="a second sales_consumer is ready")
        yield path.read_text
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _handled() -> int:
    return InboxEntry.objects.filter(consumer="sales").count()
