"""The parts of `make prove-grey`; the command runs them whole."""

import os
import re
import subprocess
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from apps.demo.chaos.shop import family_of, parent_of
from apps.demo.chaos.web import Web
from orders_site.conf.worker_processes import WORKERS
from tests.grey.cells import CELLS, named
from tests.grey.health import Health
from tests.grey.mail_server import FULL, LOG, Session, unheard_mails
from tests.support.ports import free_port
from tests.support.processes import ROOT
from tests.support.small_disk import needs_root, read_only_disk, small_disk


def test_the_mail_server_stores_mails_and_reports_when_full(tmp_path: Path) -> None:
    session = Session(tmp_path)
    said = [session.answer(line) for line in (b"EHLO shop\r\n", b"MAIL FROM:<a@b.example>\r\n")]
    assert [text and text[:3] for text in said] == ["250", "250"]
    for line in (b"DATA\r\n", b"Subject: a cup\r\n", b".\r\n"):
        reply = session.answer(line)
    assert reply == "250 OK: taken"
    assert (tmp_path / LOG).read_bytes() == b"Subject: a cup\r\n"
    (tmp_path / FULL).touch()
    refused = session.answer(b"MAIL FROM:<a@b.example>\r\n")
    assert refused
    assert refused.startswith("452 ")


@pytest.mark.parametrize(
    ("next_line", "unheard"), [(b"", ["a1"]), (b"QUIT\r\n", []), (b"MAIL FROM:<a@b.c>\r\n", [])]
)
def test_an_answer_was_heard_if_the_client_goes_on(
    tmp_path: Path, next_line: bytes, unheard: list[str]
) -> None:
    session = Session(tmp_path)
    assert unheard_mails(tmp_path) == []
    for line in (b"DATA\r\n", b"Message-ID: <a1@shop.example>\r\n", b".\r\n", next_line):
        if line:
            session.answer(line)
    session.end()
    assert unheard_mails(tmp_path) == unheard


def test_each_cell_has_a_unique_name() -> None:
    names = [cell.name for cell in CELLS]
    assert len(set(names)) == len(names)
    assert [cell.name for cell in named(["nats.late", "web.stopped"])] == [
        "nats.late",
        "web.stopped",
    ]
    assert named([]) == CELLS
    with pytest.raises(ValueError, match=r"no such cell: tea\.cold; there are postgresql\.stopped"):
        named(["tea.cold"])


def test_the_pages_show_a_row_for_each_cell_and_no_broken_promise() -> None:
    """The rows are those of a run; a new cell is run before a page shows it.

    The page may lack a worker: that of `new_event` has had no run yet.
    """
    page = (ROOT / "docs" / "testing.md").read_text()
    rows = re.findall(r"^([\w-]+\.[\w-]+) +[\d.]+ +([\d,]+) +([\d,]+) +(\d+) ", page, re.MULTILINE)
    shown = [name for name, *_ in rows]
    not_yet = {f"{worker}.stopped" for worker in WORKERS} - {*shown}
    assert shown == [cell.name for cell in CELLS if cell.name not in not_yet]
    letters = {cell.name: str(cell.letters) for cell in CELLS}
    assert [row for row in rows if row[1] != row[2] or row[3] != letters[row[0]]] == []


@pytest.mark.parametrize(
    ("status", "good"), [(HTTPStatus.OK, True), (HTTPStatus.SERVICE_UNAVAILABLE, False)]
)
def test_only_a_healthy_web_is_good(status: HTTPStatus, good: bool) -> None:
    class Probed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Probed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        health = Health()
        assert not health.is_good(within=10), "nothing was asked for"
        health.ask(Web(f"127.0.0.1:{server.server_port}"))
        assert health.is_good(within=10) is good
        server.shutdown()


def test_a_web_that_does_not_listen_is_not_healthy() -> None:
    health = Health()
    health.ask(Web(f"127.0.0.1:{free_port()}"))
    assert not health.is_good(within=10)


def test_a_process_is_found_with_its_children() -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        assert parent_of(child.pid) == os.getpid()
        assert {os.getpid(), child.pid} <= set(family_of(os.getpid()))
    finally:
        child.kill()
        child.wait()


@needs_root
def test_a_read_only_disk_denies_writes_to_new_connections_alone(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size="1m") as disk, (disk / "log").open("w") as before:
        with read_only_disk(disk):
            before.write("open before\n")
            before.flush()
            assert (disk / "log").read_text() == "open before\n"
            with pytest.raises(OSError, match="Read-only file system"):
                (disk / "log").write_text("")
        (disk / "log").write_text("again\n")
    assert list(tmp_path.iterdir()) == [tmp_path / "disk"]
