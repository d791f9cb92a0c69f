"""A shell in which the lines of a page run, as a reader types them, but on free ports."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.ports import free_port
from tests.support.waiting import at_most, crowding

STOPS_WITHIN_SECONDS = 15.0


def of_a_reader() -> dict[str, str]:
    """Return the variables of a reader's shell, which has none of the tests' settings."""
    scripts = Path(sys.prefix) / "bin"
    return {"PATH": f"{scripts}:{os.environ['PATH']}", "HOME": str(Path.home())}


def with_our_packages(command: str) -> str:
    """Return the command with the packages of these tests, which `make install` would install."""
    make = f"make --assume-old={sys.prefix}/.installed-demo VENV={sys.prefix}"
    return command.replace(".venv/bin/python", sys.executable).replace("make", make, 1)


def python(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run it in a copy of the project, as a reader who tries the demo would."""
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=folder,
        env=of_a_reader() | {"DEMO": "true"},
        capture_output=True,
        text=True,
    )


class Terminal:
    """A shell in a folder; the lines that set ports or choose a Python are left out."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.log = folder, free_port(), folder / "log"
        ports = {"PORT": self.port, "NATS_PORT": free_port(), "AWS_PORT": free_port()}
        self.variables = of_a_reader() | {name: str(port) for name, port in ports.items()}
        self.variables["DEMO"] = "true"

    @contextmanager
    def running(self, lines: str) -> Iterator[None]:
        """Run the lines; end all that they started with the block."""
        typed = [each for each in lines.splitlines() if not each.startswith((". ", "export "))]
        with self.log.open("ab") as log:
            shell = subprocess.Popen(
                ["bash", "-c", "\n".join([*typed, "wait"])],
                cwd=self.folder,
                env=self.variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield
        finally:
            os.killpg(shell.pid, signal.SIGTERM)
            shell.wait(STOPS_WITHIN_SECONDS * crowding())

    def answer(self, lines: str) -> str:
        """Return what the lines print, errors too."""
        done = subprocess.run(
            ["bash", "-c", lines],
            check=False,
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.stdout

    def is_ready(self) -> bool:
        """Return whether every part of the site works."""
        url = f"http://127.0.0.1:{self.port}/readyz/all"
        away = suppress(urllib.error.URLError, ConnectionError, TimeoutError)
        with away, urllib.request.urlopen(url, timeout=at_most(5)) as response:
            return bool(response.status == 200)
        return False

    def page(self, path: str, body: bytes | None = None) -> str:
        """Return what the shop answers; with a body, which is JSON, it is a POST."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as response:
            text: str = response.read().decode()
            return text

    def asked(self, path: str, body: object = None) -> Any:
        """Return the JSON that the shop answers; with a body it is a POST."""
        return json.loads(self.page(path, json.dumps(body).encode() if body else None))

    def said(self) -> str:
        """Return the end of what the lines printed."""
        return self.log.read_text()[-4000:]
