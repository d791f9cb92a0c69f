"""`manage.py demo` itself: one command, the whole shop, and nothing left behind.

One demo for all tests, in their order; the last ones stop it.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from apps.messaging.jobs.job_queue import declared_queues
from tests.demo.figures import PORTS, answers_with_figures, targets_of
from tests.demo.processes import is_running, wait_until
from tests.demo.running import ROOT, RunningDemo
from tests.support.ports import first_of_a_row, free_port

SERVERS_AND_OTHERS = [
    "workers.order_listener",
    "workers.celery",
    "workers.beat",
    "web",
    "nats-server",
]
# Variables of a shell that also runs another granian and another moto server.
OF_OTHER_SERVERS = {
    "GRANIAN_FACTORY": "true",
    "GRANIAN_HTTP": "2",
    "GRANIAN_UDS": "another.sock",
    "GRANIAN_URL_PATH_PREFIX": "/other",
    "INITIAL_NO_AUTH_ACTION_COUNT": "0",
    "MOTO_PORT": "5001",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """Run on the demo's own database: starting and stopping processes does not depend on it."""
    demo = RunningDemo(tmp_path_factory.mktemp("demo"))
    demo.environment |= OF_OTHER_SERVERS
    demo.environment["METRICS_PORT"] = str(first_of_a_row(PORTS))
    demo.environment["PRICE_LOOKUP_TIMEOUT"] = "4"  # Prices may come late on a busy machine.
    demo.start()
    yield demo
    if demo.process.poll() is None:
        demo.stop(signal.SIGTERM)


def place_order(demo: RunningDemo) -> str:
    order = {"email": "ada@example.com", "lines": [{"sku": "ABC", "quantity": 1}]}
    status, body = demo.post("/api/orders", order)
    assert status == 201, body
    return str(json.loads(body)["id"])


@pytest.fixture(scope="module")
def bought(demo: RunningDemo) -> str:
    return place_order(demo)


def order_status(demo: RunningDemo, order: str) -> str:
    return str(json.loads(demo.get(f"/api/orders/{order}")[1])["status"])


def test_the_demo_prints_the_shops_address_and_staff_login(demo: RunningDemo) -> None:
    wait_until(lambda: f"Ready: http://127.0.0.1:{demo.port}" in demo.log)
    password = (demo.folder / "demo" / "staff_password").read_text().strip()
    wait_until(lambda: f"user staff, password {password}" in demo.log)


def test_a_ready_demo_has_products(demo: RunningDemo) -> None:
    products = json.loads(demo.get("/api/products?limit=100")[1])
    assert products["count"] >= 24
    assert "ABC" in {item["sku"] for item in products["items"]}


def test_ps_shows_the_name_of_every_worker(demo: RunningDemo) -> None:
    running = {name: len(demo.pids(f"workers.{name}")) for name in settings.WORKERS}
    assert running == settings.WORKERS


def test_each_process_leads_its_own_process_group(demo: RunningDemo) -> None:
    children = [pid for name in settings.WORKERS for pid in demo.pids(f"workers.{name}")]
    assert {pid: os.getpgid(pid) for pid in children} == {pid: pid for pid in children}
    assert {os.getsid(pid) for pid in children} == {os.getsid(demo.process.pid)}


def test_every_process_answers_with_its_figures_at_its_own_port(demo: RunningDemo) -> None:
    targets = targets_of(demo)
    assert len(targets) == 1 + sum(settings.WORKERS.values())
    assert [target for target in targets if not answers_with_figures(demo, *target)] == []


def test_an_order_is_confirmed_by_a_worker(demo: RunningDemo, bought: str) -> None:
    wait_until(lambda: order_status(demo, bought) == "confirmed")


def test_the_demo_prints_its_environment_for_a_shell(demo: RunningDemo) -> None:
    lines = demo.manage("demo", "--env").stdout.splitlines()
    aws = f"http://127.0.0.1:{demo.environment['AWS_PORT']}"
    assert f"export NATS_URL=nats://127.0.0.1:{demo.environment['NATS_PORT']}" in lines
    assert f"export Q={aws}/123456789012/jobs" in lines


def test_the_readmes_line_kills_only_this_demos_worker(demo: RunningDemo) -> None:
    line = re.search(r"`(pkill [^`]+)`", (ROOT / "README.md").read_text())
    assert line
    ours = line[1].replace(".demo/", f"{demo.environment['DEMO_DIR']}/")
    pid = demo.pids("workers.fulfilment_consumer")[0]
    wait = [sys.executable, "-c", "input()", "workers.fulfilment_consumer"]
    with subprocess.Popen(wait, stdin=subprocess.PIPE) as anothers:
        subprocess.run(["sh", "-c", ours], check=True)
        wait_until(lambda: pid not in demo.pids("workers.fulfilment_consumer"))
        assert anothers.poll() is None
        anothers.kill()
    wait_until(lambda: demo.get("/readyz/all")[0] == 200)


@pytest.mark.parametrize("name", SERVERS_AND_OTHERS)
def test_a_killed_process_is_restarted(demo: RunningDemo, name: str) -> None:
    pid = demo.pids(name)[0]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid))
    wait_until(lambda: demo.pids(name))
    # A process of granian's own bears the name too, for a moment.
    wait_until(lambda: f"{name.removeprefix('workers.')} was killed by SIGKILL" in demo.log)
    wait_until(demo.is_ready, seconds=20)


def test_a_restarted_moto_has_its_queues(demo: RunningDemo) -> None:
    os.kill(demo.pids("moto")[0], signal.SIGKILL)
    wait_until(lambda: "moto runs again" in demo.log)
    wait_until(demo.is_ready, seconds=20)
    queues = demo.status()["queues"]
    declared = {queue.name for queue in declared_queues()} - {*settings.STATUS_OMITS}
    assert {queue["name"] for queue in queues} == declared


def test_orders_are_confirmed_after_all_restarts(demo: RunningDemo) -> None:
    order = place_order(demo)
    wait_until(lambda: order_status(demo, order) == "confirmed")


def test_a_second_demo_in_the_folder_exits_with_one_line(demo: RunningDemo) -> None:
    second = demo.manage("demo", PORT=str(free_port()))
    assert second.returncode == 1
    assert len(second.stderr.splitlines()) == 1
    assert "DEMO_DIR" in second.stderr


def test_a_taken_port_exits_with_one_line(demo: RunningDemo, tmp_path: Path) -> None:
    free = {name: str(free_port()) for name in ("PORT", "NATS_PORT")}
    second = demo.manage("demo", DEMO_DIR=str(tmp_path), **free)
    assert second.returncode == 1
    assert len(second.stderr.splitlines()) == 1
    assert "set AWS_PORT " in second.stderr


def test_a_running_demo_is_not_wiped(demo: RunningDemo) -> None:
    before = demo.pids("workers.outbox_relay")
    assert demo.manage("demo", "--reset").returncode == 1
    assert demo.pids("workers.outbox_relay") == before
    wait_until(demo.is_ready)


def test_a_killed_supervisor_leaves_nothing_running(demo: RunningDemo) -> None:
    everything = list(demo.members())
    demo.process.kill()
    demo.process.wait()
    wait_until(lambda: not any(is_running(pid) for pid in everything))


def test_orders_are_kept_for_the_next_demo(demo: RunningDemo, bought: str) -> None:
    demo.start()
    assert order_status(demo, bought) == "confirmed"
    url = json.loads(demo.get("/api/products/ABC")[1])["photo"]["preview"]
    assert (demo.folder / "demo" / "pictures" / url.removeprefix("/media/")).exists()
    (orders, _) = demo.status()["streams"]
    assert orders["name"] == "ORDERS"
    assert orders["messages"] >= 4  # Two orders, placed and confirmed.


def test_a_signal_stops_everything_within_ten_seconds(demo: RunningDemo) -> None:
    everything = list(demo.members())
    code, seconds = demo.stop(signal.SIGINT)
    assert code == 0
    assert seconds < 10
    assert [pid for pid in everything if is_running(pid)] == []


def test_a_stopped_demo_is_wiped(demo: RunningDemo) -> None:
    assert demo.manage("demo", "--reset").returncode == 0
    assert not (demo.folder / "demo").exists()
