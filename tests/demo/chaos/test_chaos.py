"""The parts of the chaos test; `make prove` runs it whole."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.demo.chaos.check import CheckResult, NotWithin, until, untrue
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.web import PageAnswer, Web
from apps.demo.management.commands import prove

GOODS = {"items": [{"sku": f"SKU-{number}", "stock": number} for number in range(10)]}


class FalteringShop(BaseHTTPRequestHandler):
    """Answers the first request for an order with 503, breaks off the second, takes the third."""

    keys: list[str]

    def do_GET(self) -> None:
        self.answer(200, GOODS)

    def do_POST(self) -> None:
        self.keys.append(self.headers["Idempotency-Key"])
        self.rfile.read(int(self.headers["Content-Length"]))
        match len(self.keys):
            case 1:
                self.answer(503, {"title": "no responder has prices"})
            case 2:
                self.close_connection = True
            case _:
                self.answer(201, {"id": "the-order"})

    def answer(self, status: int, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def faltering_shop() -> Iterator[Web]:
    FalteringShop.keys = []
    server = HTTPServer(("127.0.0.1", 0), FalteringShop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Web(f"127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_a_retry_asks_for_the_same_order(faltering_shop: Web) -> None:
    customers = Customers(faltering_shop)
    assert customers.buy(1, rate=1) == ["the-order"]
    assert len(FalteringShop.keys) == 3
    assert len(set(FalteringShop.keys)) == 1


def test_a_broken_check_names_false_claims() -> None:
    assert str(CheckResult("3 orders: 3 ended")) == "kept    3 orders: 3 ended"
    broken = CheckResult(
        "3 orders: 2 ended", untrue(ended=False, stock_adds_up=True, sent_once=False)
    )
    assert str(broken) == "broken  3 orders: 2 ended  <-- ended, sent once"


def test_a_timeout_names_the_condition() -> None:
    with pytest.raises(NotWithin, match="a mail"):
        until(lambda: False, within=0.1, what="a mail")


def test_one_broken_check_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = [CheckResult("stock adds up"), CheckResult("1 mail", "lost")]
    monkeypatch.setattr(prove, "run_plan", lambda folder, say: iter(checks))
    with pytest.raises(CommandError, match="1 checks have failed"):
        call_command("prove", "--here")
    assert capsys.readouterr().out.splitlines() == [str(check) for check in checks]


def test_variables_of_another_shop_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://shop@db.example.com/shop")
    monkeypatch.setenv("NATS_URL", "nats://nats.example.com")
    environment = prove.environment(tmp_path)
    assert environment["DEMO_DIR"] == str(tmp_path)
    assert not {"DATABASE_URL", "NATS_URL"} & set(environment)


class LateBroker(Web):
    """NATS is late at the first two looks, as on a busy machine."""

    looks = 0

    def get(self, path: str) -> PageAnswer:
        self.looks += 1
        return PageAnswer(200, {"streams": [] if self.looks < 3 else [{"name": "ORDERS"}]})


def test_a_part_that_is_late_in_the_status_is_asked_again() -> None:
    assert LateBroker("nowhere").status("streams") == [{"name": "ORDERS"}]
