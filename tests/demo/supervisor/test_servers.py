"""The embedded servers, really started by the supervisor."""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from apps.demo.errors import ServerMissing
from apps.demo.supervisor.ports import HOST, is_served
from apps.demo.supervisor.process import Program
from apps.demo.supervisor.servers import find_nats_server, nats_server, sqs_server
from apps.demo.supervisor.supervising import supervising
from tests.demo.demo_log import DemoLog, demo_log
from tests.support.ports import free_port

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

NOTHING = Program(name="nothing", command=["/bin/true"], ends=True)


@contextmanager
def served(port: int, program: Program, log: DemoLog) -> Iterator[None]:
    """Yield once something listens on the port; it has ended afterwards."""
    with supervising(log.output, fork=False) as supervisor:
        supervisor.start(program)
        give_up = time.monotonic() + 20
        supervisor.run(until=lambda: is_served([port]) or time.monotonic() > give_up)
        yield


def test_nats_listens_on_this_machine_only(tmp_path: Path) -> None:
    port = free_port()
    with demo_log() as log, served(port, nats_server(port=port, store=tmp_path), log):
        with socket.create_connection((HOST, port), timeout=60) as connection:
            greeting = connection.makefile().readline()
        info = json.loads(greeting.removeprefix("INFO "))
        assert info["jetstream"] is True
        assert info["host"] == HOST
        assert "auth_required" not in info


def test_the_log_omits_start_lines_of_nats(tmp_path: Path) -> None:
    port = free_port()
    with demo_log() as log:
        with served(port, nats_server(port=port, store=tmp_path), log):
            pass
        assert "[INF]" not in log.text


def test_the_packaged_server_needs_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert Path(find_nats_server()).exists()


def test_a_server_on_the_path_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "nats-server").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_nats_server(scripts="/nowhere") == str(tmp_path / "nats-server")


def test_the_error_says_which_server_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServerMissing, match=r"requirements/demo\.txt"):
        find_nats_server(scripts="/nowhere")


def test_moto_answers_as_sqs_without_request_logs() -> None:
    port = free_port()
    with demo_log() as log:
        with served(port, sqs_server(port=port, provision=NOTHING), log):
            sqs = sqs_client(port)
            sqs.create_queue(QueueName="jobs")
            assert sqs.list_queues()["QueueUrls"] == [f"http://{HOST}:{port}/123456789012/jobs"]
        assert not re.search("POST|WARNING", log.text)


def sqs_client(port: int) -> "SQSClient":
    return boto3.client(
        "sqs",
        endpoint_url=f"http://{HOST}:{port}",
        region_name="us-east-1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
    )
