"""`manage.py doctor` as it is typed: beside nothing, a wrong setting, or servers that hang."""

import ast
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apps.messaging.finding import DoctorCheck, Finding, broken, well
from orders_site.doctor import gathering
from tests.support.env_example import EXAMPLE
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.postgresql import make_database
from tests.support.python import ROOT, run_python
from tests.support.silent import silent_server, stopped


def doctor(*options: str, **given: str) -> "subprocess.CompletedProcess[str]":
    return run_python("manage.py", "doctor", *options, env={"PATH": os.environ["PATH"], **given})


def demo(folder: Path, **given: str) -> dict[str, str]:
    ports = {name: str(free_port()) for name in ("PORT", "NATS_PORT", "AWS_PORT")}
    return {"DEMO_DIR": str(folder / "demo")} | ports | given


def production(*, database: str, nats: str, sqs: str) -> dict[str, str]:
    """Return the environment of a shop with these servers."""
    return {
        "PATH": os.environ["PATH"],
        **EXAMPLE,
        "SECRET_KEY": "x" * 60,
        "PLAINTEXT_LINKS": "nats,postgres,sqs",
        "DATABASE_URL": database,
        "NATS_URL": nats,
        "AWS_ENDPOINT_URL": sqs,
        "AWS_ACCESS_KEY_ID": "some",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "CELERY_QUEUE_URL": "",
        "STREAM_REPLICAS": "1",
    }


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


def test_production_is_well_when_it_is_migrated_and_provisioned(
    nats_server: NatsServer, sqs_server: MotoServer, postgresql_port: int | None, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path}/db.sqlite3"
    if postgresql_port:
        database = make_database(postgresql_port, "doctor")
    given = production(database=database, nats=nats_server.url, sqs=sqs_server.url)
    given["SQS_CALL_SECONDS"] = "5"  # moto is slow on a busy machine.
    done = doctor("--json", **given)
    found = findings(done)
    assert done.returncode == 1
    wrong = {name: each["mend"] for name, each in found.items() if each["state"] == "broken"}
    assert wrong["migrations"] == "manage.py migrate"
    assert {wrong.pop(name) for name in ("stream ORDERS", "durable sales", "queue jobs")} == {
        "manage.py provision"
    }
    for command in ("migrate", "provision"):
        run_python("manage.py", command, env=given, check=True)
    done = doctor("--json", **given)
    assert done.returncode == 0, done.stdout
    found = findings(done)
    assert found["database"]["seen"].endswith(" answers")
    assert "no sign of life of beat" in found["workers"]["seen"]
    assert found["jetstream"]["state"] == found["queue celery"]["state"] == "ok"


def test_production_whose_servers_hang_is_examined_to_its_end(
    nats_server: NatsServer, tmp_path: Path
) -> None:
    assert nats_server.process
    with silent_server() as database, silent_server() as sqs, stopped(nats_server.process.pid):
        given = production(
            database=f"postgres://shop:secret@127.0.0.1:{database}/shop",
            nats=f"nats://web:secret@127.0.0.1:{nats_server.port}",
            sqs=f"http://127.0.0.1:{sqs}",
        )
        done = doctor("--json", **given)
    assert done.returncode == 1
    found = findings(done)
    assert json.loads(done.stdout)["looked_at"] == "deployment"
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
        found = list(gathering.run(checks, within=6))
    assert found == [
        broken("hangs", "no answer within 6 s", "wake it"),
        broken("raises", "integer division or modulo by zero", "mend it"),
        well("works", "fine"),
    ]


def _wait_for(port: int) -> list[Finding]:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        return [well("never", connection.recv(1).decode())]


@pytest.mark.parametrize(
    "file",
    [
        "manage.py",
        "apps/__init__.py",
        "apps/messaging/__init__.py",
        "apps/messaging/finding.py",
        "orders_site/__init__.py",
        *(f"orders_site/doctor/{name}.py" for name in ("__init__", "beforehand", "docker")),
        *(f"orders_site/doctor/{name}.py" for name in ("machine", "report", "shell")),
    ],
)
def test_an_older_python_can_read_what_runs_before_django(file: str) -> None:
    ast.parse((ROOT / file).read_text(), feature_version=(3, 9))


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
