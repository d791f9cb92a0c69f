"""Clients of others: `nats`, `aws`, two of NATS in JavaScript, AWS's, nats-py, boto3.

`make clients` installs those that this machine does not have into `.clients`. Tests of a missing
client are skipped with its name; with `REAL_CLIENTS=required` they fail.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.acceptance.terminal_page import opening
from tests.acceptance.typed import Typed

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = Path(os.environ.get("CLIENTS_DIR", ROOT / ".clients"))
PATH = os.pathsep.join(map(str, [CLIENTS, CLIENTS / "aws" / "bin", os.environ["PATH"]]))
CLOUD = CLIENTS / "cloud" / "bin"
"""AWS's linter for templates, and a moto that makes stacks; Python too, so not on the PATH."""
# Compiles what is typed into `python -m asyncio`: with `await` at its outermost level.
TOP_LEVEL_AWAIT = """
import ast, asyncio, inspect, pathlib, sys
text = pathlib.Path(sys.argv[1]).read_text()
program = eval(compile(text, sys.argv[1], "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), {})
if inspect.iscoroutine(program):
    asyncio.run(program)
"""


@dataclass(frozen=True, kw_only=True)
class Client:
    """One way to type the lines of a column; `needs` are commands or npm packages."""

    name: str
    language: str
    needs: tuple[str, ...] = ()
    opens: str = ""
    closes: str = ""

    def check(self) -> None:
        """Skip the test, or fail, where something is not there."""
        missing = [each for each in self.needs if not _is_there(each)]
        if missing:
            missed = f"{', '.join(missing)} not found: make clients"
            if os.environ.get("REAL_CLIENTS") == "required":
                pytest.fail(missed)
            pytest.skip(missed)

    def bare(self) -> "Client":
        """Return it for programs that open and close their connection themselves."""
        return replace(self, opens="", closes="")

    def type(self, lines: str, *, goes_on: bool, folder: Path, exports: dict[str, str]) -> Typed:
        """Start the line of a reader, in a terminal with those variables."""
        environment = {"PATH": PATH, "HOME": str(folder), "TERM": "xterm", "AWS_PAGER": ""}
        if self.language == "Shell":
            command = ["bash", "-c", lines]
        else:
            text = "\n".join([self._opening(), lines, "" if goes_on else self.closes])
            command = self._program(text, folder, exports)
        return Typed(command, folder=folder, environment=environment | exports)

    def _opening(self) -> str:
        return opening(self.opens) if self.opens else ""

    def _program(self, text: str, folder: Path, exports: dict[str, str]) -> list[str]:
        file = Path(tempfile.mkdtemp(dir=folder)) / "program.mjs"
        if self.language == "Python":
            file.write_text(text)
            return [sys.executable, "-c", TOP_LEVEL_AWAIT, str(file)]
        modules = folder / "node_modules"
        if not modules.exists():
            modules.symlink_to(CLIENTS / "node_modules")
        # The tutorial's own line names the usual port; this shop may have another.
        usual = exports.get("NATS_URL", "").rpartition("@")[2].removeprefix("nats://")
        file.write_text(text.replace("localhost:4222", usual))
        return ["node", str(file)]


CLOSES = "await nc.drain()"
SHELL = Client(name="nats", language="Shell", needs=("nats",))
AWS = Client(name="aws", language="Shell", needs=("aws",))
NATS_2 = Client(
    name="nats 2",
    language="JavaScript",
    needs=("node", "npm:nats"),
    opens='from "nats"',
    closes=CLOSES,
)
NATS_3 = Client(
    name="transport-node 3",
    language="JavaScript",
    needs=("node", "npm:@nats-io/transport-node", "npm:@nats-io/jetstream"),
    opens='from "@nats-io/transport-node"',
    closes=CLOSES,
)
AWS_SDK = Client(
    name="client-sqs 3",
    language="JavaScript",
    needs=("node", "npm:@aws-sdk/client-sqs"),
    opens='from "@aws-sdk/client-sqs"',
)
NATS_PY = Client(name="nats-py", language="Python", opens="import nats", closes=CLOSES)
BOTO3 = Client(name="boto3", language="Python", opens="import boto3")

OF_NATS = (SHELL, NATS_2, NATS_3, NATS_PY)
OF_SQS = (AWS, AWS_SDK, BOTO3)


def _is_there(needed: str) -> bool:
    package = needed.removeprefix("npm:")
    if package != needed:
        return (CLIENTS / "node_modules" / package / "package.json").exists()
    command = shutil.which(needed, path=PATH)
    if command is None:
        return False
    # A name on the PATH may be a shim with nothing behind it.
    return subprocess.run([command, "--version"], capture_output=True, check=False).returncode == 0
