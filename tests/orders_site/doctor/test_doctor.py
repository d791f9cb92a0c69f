"""`manage.py doctor` as it is typed: beside nothing, a wrong setting, or servers that hang."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from apps.messaging.finding import DoctorCheck, Finding, broken, well
from orders_site.doctor import gathering
from tests.orders_site.checks.test_production import EXAMPLE
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.python import ROOT, run_python
from tests.support.silent import silent_server, stopped
from tests.support.waiting import crowding

LONGEST_SECONDS = 10.0


def doctor(*options: str, **given: str) -> "subprocess.CompletedProcess[str]":
    return run_python("manage.py", "doctor", *options, env={"PATH": os.environ["PATH"], **given})


def demo(folder: Path, **given: str) -> dict[str, str]:
    ports = {name: str(free_port()) for name in ("PORT", "NATS_PORT", "AWS_PORT")}
    return {"DEMO_DIR": str(folder / "demo")} | ports | given


def findings(done: "subprocess.CompletedProcess[str]") -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in json.loads(done.stdout)["findings"]}


def test_a_fresh_checkout_is_well_and_stays_as_it_was(tmp_path: Path) -> None:
    done = doctor(**demo(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Looked at: the demo on this machine")
    assert "skipped  servers" in done.stdout
    assert "BROKEN" not in done.stdout
    assert "\x1b" not in done.stdout, "colours are for a terminal"
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_cannot_be_read_is_a_line(tmp_path: Path) -> None:
    done = doctor(**demo(tmp_path, SQS_WAIT_SECONDS="soon"))
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "BROKEN   settings  SQS_WAIT_SECONDS=soon cannot be read" in done.stdout
    assert "skipped  servers" in done.stdout


def test_a_settings_module_of_another_project_is_a_line(tmp_path: Path) -> None:
    done = doctor("--json", **demo(tmp_path, DJANGO_SETTINGS_MODULE="no.such"))
    assert done.returncode == 1
    assert "DJANGO_SETTINGS_MODULE=no.such cannot be imported" in findings(done)["settings"]["seen"]


def test_a_database_of_another_project_is_named_and_never_asked(tmp_path: Path) -> None:
    with silent_server() as port:
        url = f"postgres://ann:secret@127.0.0.1:{port}/other"
        done = doctor("--json", **demo(tmp_path, DATABASE_URL=url))
    assert done.returncode == 1
    found = findings(done)
    assert "database" not in found
    assert "a variable names a server" in found["servers"]["seen"]
    assert found["DATABASE_URL"]["seen"].startswith(f"is postgres://127.0.0.1:{port}/other")
    assert found["DATABASE_URL"]["state"] == "broken"
    assert "secret" not in done.stdout + done.stderr


def test_settings_that_contradict_each_other_are_lines(tmp_path: Path) -> None:
    done = doctor("--json", **demo(tmp_path, STREAM_REPLICAS="2", DEMO="true"))
    assert done.returncode == 1
    assert any("orders_site.E007" in each["seen"] for each in json.loads(done.stdout)["findings"])


def test_warnings_alone_end_with_zero(tmp_path: Path) -> None:
    done = doctor("--json", **demo(tmp_path, AWS_PROFILE="mine", HTTP_PROXY="http://proxy:1"))
    assert done.returncode == 0
    found = findings(done)
    assert (found["AWS_PROFILE"]["state"], found["HTTP_PROXY"]["state"]) == ("warning", "warning")


def test_production_whose_servers_hang_is_examined_within_seconds(
    nats_server: NatsServer, tmp_path: Path
) -> None:
    assert nats_server.process
    with silent_server() as database, silent_server() as sqs, stopped(nats_server.process.pid):
        began = time.monotonic()
        done = doctor(
            "--json",
            **EXAMPLE
            | {
                "SECRET_KEY": "x" * 60,
                "PLAINTEXT_LINKS": "nats,postgres,sqs",
                "DATABASE_URL": f"postgres://shop:secret@127.0.0.1:{database}/shop",
                "NATS_URL": f"nats://web:secret@127.0.0.1:{nats_server.port}",
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{sqs}",
                "AWS_ACCESS_KEY_ID": "some",
                "AWS_SECRET_ACCESS_KEY": "secret",
                "CELERY_QUEUE_URL": "",
            },
        )
        took = time.monotonic() - began
    assert took < LONGEST_SECONDS * crowding()
    assert done.returncode == 1
    found = findings(done)
    assert json.loads(done.stdout)["looked_at"] == "shop"
    for name in ("database", "nats", "queue jobs", "queue celery"):
        assert found[name]["state"] == "broken", found[name]
    assert "secret" not in done.stdout + done.stderr


def test_a_check_that_hangs_or_raises_is_a_finding_of_its_own() -> None:
    with silent_server() as port:
        checks = [
            DoctorCheck("hangs", lambda: _wait_for(port), "wake it"),
            DoctorCheck("raises", lambda: [well(str(1 // 0), "")], "mend it"),
            DoctorCheck("works", lambda: [well("works", "fine")], ""),
        ]
        found = list(gathering.run(checks, within=0.3))
    assert found == [
        broken("hangs", "no answer within 0.3 s", "wake it"),
        broken("raises", "integer division or modulo by zero", "mend it"),
        well("works", "fine"),
    ]


def _wait_for(port: int) -> list[Finding]:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        return [well("never", connection.recv(1).decode())]


def test_what_runs_before_django_needs_no_package() -> None:
    """The report of a missing package must not need one: `-S` hides those that are installed."""
    code = "from orders_site.doctor import beforehand; beforehand.examine([])"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert " lacks " in done.stdout
    assert "skipped  settings" in done.stdout
    assert done.returncode == 0
