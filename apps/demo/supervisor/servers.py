"""The servers of the demo: a real nats-server with JetStream, and moto for SQS."""

import re
import shutil
import sysconfig
from pathlib import Path

from apps.demo.errors import ServerMissing
from apps.demo.supervisor.ports import HOST
from apps.demo.supervisor.process import Program, Stage
from apps.demo.supervisor.programs import python


def find_nats_server(*, scripts: str = sysconfig.get_path("scripts")) -> str:
    """Return the path of `nats-server`: that of the pinned package, or one on PATH.

    Raises `ServerMissing`.
    """
    found = shutil.which("nats-server", path=scripts) or shutil.which("nats-server")
    if not found:
        raise ServerMissing("there is no nats-server: install it, or requirements/demo.txt.")
    return found


def nats_server(*, port: int, store: Path) -> Program:
    """NATS with JetStream; the stream's files stay when the demo stops."""
    return Program(
        name="nats-server",
        command=[find_nats_server(), "-a", HOST, "-p", str(port), "-js", "-sd", str(store)],
        stage=Stage.SERVER,
        hidden_lines=re.compile(r"\[INF\]"),  # It writes a page of them at each start.
    )


def sqs_server(*, port: int, provision: Program) -> Program:
    """moto, which keeps its queues in memory: they are provisioned after each start."""
    return Program(
        name="moto",
        command=python("apps.demo.supervisor.moto_server", "-H", HOST, "-p", str(port)),
        stage=Stage.SERVER,
        after_restart=provision,
    )
