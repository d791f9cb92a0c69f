"""The alarms of `make prove-grey`: a real Prometheus reads a demo's figures and our rules."""

import json
import re
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from apps.demo.supervisor.metrics_ports import FILE
from orders_site.conf.worker_processes import WORKERS
from tests.acceptance.clients import Client
from tests.grey import alarms, command
from tests.grey.alarms import shortened, watching
from tests.grey.cells import CELLS, named
from tests.grey.course import with_alarms
from tests.grey.expected_alarms import EXPECTED
from tests.grey.row import Row
from tests.support.waiting import eventually

PROMETHEUS = Client(name="prometheus", language="Shell", needs=("prometheus",))
RULES = (Path(__file__).parents[2] / "deploy" / "alerts.yml").read_text()


class Late(BaseHTTPRequestHandler):
    """A `web` with two late orders."""

    def do_GET(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"shop_orders_late 2\nshop_mails_late 0\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_prometheus_says_which_rule_fired_and_no_other(tmp_path: Path) -> None:
    PROMETHEUS.check()
    began = time.time()
    with HTTPServer(("127.0.0.1", 0), Late) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        jobs = ("web", *WORKERS)
        targets = [{"targets": [address], "labels": {"job": job}} for job in jobs]
        (tmp_path / FILE).write_text(json.dumps(targets))
        with watching(tmp_path) as alarms:
            eventually(lambda: alarms.fired_since(began), within=30)
            assert alarms.fired_since(began) == {"OrdersLate"}
            assert alarms.fired_since(time.time() + 60) == set()
        server.shutdown()


def test_each_duration_is_a_sixth_and_nothing_else_changes() -> None:
    short = shortened(RULES)
    assert "for: 10s" in short
    assert "[50s]" in short
    assert not re.search(r"\[\d+m\]|for: \d+m", short)
    assert "max(shop_outbox_oldest_age_seconds) > 30" in short


def test_each_cell_names_its_alarms_and_each_rule_has_a_cell() -> None:
    rules = set(re.findall(r"alert: (\w+)", RULES))
    assert {cell.name for cell in CELLS} == EXPECTED.keys()
    assert {name for each in EXPECTED.values() for name in each.may} <= rules
    assert {name for each in EXPECTED.values() for name in each.must} == rules
    assert not any(each.must & each.may for each in EXPECTED.values())


def test_a_cell_is_broken_by_an_alarm_that_is_missing_or_not_its_own() -> None:
    (cell,) = named(["nats.full"])
    must, may = cell.alarms
    row = Row.of_trouble(cell, "")
    for fine in (must, must | may):
        assert with_alarms(row, cell, {*fine}).broken == ""
    assert with_alarms(row, cell, None).broken == "", "there is no prometheus"
    wrong = with_alarms(row, cell, {"MailsLate", "OrdersLate"}).broken
    assert wrong == "alarms (no DestinationHeld, no StreamNearlyFull, MailsLate)"


@pytest.mark.parametrize(("required", "code"), [("required", 2), ("", 0)])
def test_without_prometheus_a_run_fails_where_clients_are_required(
    required: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(alarms, "PATH", "")
    monkeypatch.setattr(command, "_in_lanes", lambda _cells, **_lanes: 0)
    monkeypatch.setenv("REAL_CLIENTS", required)
    assert command.main(["nats.full"]) == code
    assert ("there is no prometheus" in capsys.readouterr().err) == (code == 2)


@pytest.mark.parametrize(
    ("name", "said"), [("mail.stopped", ""), ("web.late", "alarms (JobsWait)")]
)
def test_jobs_may_wait_only_after_what_delays_photos_or_mails(name: str, said: str) -> None:
    (cell,) = named([name])
    fired = {*cell.alarms.must, "JobsWait"}
    assert with_alarms(Row.of_trouble(cell, ""), cell, fired).broken == said
