"""The shop in containers: a project and ports of its own, gone with its volumes in the end."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.acceptance.addresses import Addresses, read_exports
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


def engine_answers() -> bool:
    """Return whether there is a Docker engine on this machine."""
    if not shutil.which("docker"):
        return False
    asked = subprocess.run(["docker", "info"], check=False, capture_output=True, timeout=60)
    return asked.returncode == 0


@contextmanager
def composed() -> Iterator[Addresses]:
    """Run `docker compose up --wait`, and remove everything afterwards, also after an error."""
    ports = {name: str(free_port()) for name in ("PORT", "NATS_PORT", "AWS_PORT")}
    project = Project(f"acceptance-{uuid.uuid4().hex[:8]}", ports)
    try:
        # Two of them, so that they compete for the last pieces.
        project.run("up", "--build", "--detach", "--wait", "--scale", "fulfilment_consumer=2")
        yield Addresses(
            url=f"http://127.0.0.1:{ports['PORT']}",
            # The user for people: what it may do is in deploy/nats.conf.
            nats_url=f"nats://developer:demo@127.0.0.1:{ports['NATS_PORT']}",
            aws_endpoint_url=f"http://127.0.0.1:{ports['AWS_PORT']}",
            staff_password=project.in_web("cat", "/data/staff_password"),
            staff_token=project.in_web("python", "manage.py", "api_token", "staff"),
            exports=read_exports(project.in_web("python", "manage.py", "demo", "--env")),
            manage=partial(project.in_web, "python", "manage.py"),
            compose=project.run,
            log=partial(project.run, "logs", "--no-color"),
        )
    finally:
        project.vanish()


class Project:
    """A project of compose, from the files of a folder, on ports of its own."""

    def __init__(
        self, name: str, ports: dict[str, str], folder: Path = ROOT, files: Sequence[str] = ()
    ) -> None:
        self.name = name
        self._folder = folder
        self._command = ["docker", "compose", "--project-name", name]
        self._command += [f"--file={file}" for file in files]
        self._images = [f"{name}-{image}" for image in ("site", "terminal", "edge")]
        # The tests' own processes log less than those of a reader.
        self._environment = os.environ | ports | {"LOG_LEVEL": "INFO"}

    def run(self, *arguments: str, codes: Container[int] = (0,), **environment: str) -> str:
        """Run `docker compose`, which must end with one of the codes, and return its output.

        `environment` are further variables of its shell.
        """
        done = subprocess.run(
            [*self._command, *arguments],
            cwd=self._folder,
            env=self._environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in codes, done.stderr[-5000:]
        return done.stdout

    def vanish(self) -> None:
        """End all, and remove volumes and images."""
        self.run("down", "--volumes", "--timeout", "10")
        # They bear the project's name, and `down` would remove them with everybody's servers only.
        subprocess.run(["docker", "image", "rm", "--force", *self._images], check=True)

    def in_web(self, *command: str) -> str:
        """Run a command beside the shop; return its output."""
        return self.run("exec", "--no-TTY", "web", *command).strip()
