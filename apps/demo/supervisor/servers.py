"""The embedded servers: a real nats-server with JetStream, and moto for SQS."""

import re
import shutil
import sys
import sysconfig
from pathlib import Path

from apps.demo.errors import ServerMissing
from apps.demo.supervisor.ports import HOST
from apps.demo.supervisor.process import Program, Stage


def find_nats_server(*, scripts: str = sysconfig.get_path("scripts")) -> str:
    """Return the path of `nats-server`: the wheel's, whose version is pinned, or one on PATH."""
    found = shutil.which("nats-server", path=scripts) or shutil.which("nats-server")
    if not found:
        raise ServerMissing("there is no nats-server: install it, or requirements/demo.txt.")
    return found


def nats_server(*, port: int, store: Path) -> Program:
    """NATS with JetStream; the stream's files outlive the demo."""
    return Program(
        name="nats-server",
        command=[find_nats_server(), "-a", HOST, "-p", str(port), "-js", "-sd", str(store)],
        stage=Stage.SERVER,
        hidden_lines=re.compile(r"\[INF\]"),  # A page of it at each start.
    )


def sqs_server(*, port: int, provision: Program) -> Program:
    """moto, which keeps its queues in memory: each new start is provisioned anew."""
    return Program(
        name="moto",
        command=[
            sys.executable,
            "-m",
            "apps.demo.supervisor.moto_server",
            "-H",
            HOST,
            "-p",
            str(port),
        ],
        stage=Stage.SERVER,
        after_restart=provision,
    )
