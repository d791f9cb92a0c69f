"""Real servers for tests: started on free ports, killed by their process id, never by name."""

import json
import shutil
import signal
import subprocess
import sysconfig
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port
from tests.support.waiting import at_most

START_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.01


@dataclass(kw_only=True)
class NatsServer:
    """A nats-server, by default with JetStream.

    It keeps its port and its store when it is restarted.
    """

    folder: Path
    port: int = field(default_factory=free_port)
    config: str = ""
    has_jetstream: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def streams(self) -> Path:
        """Where it keeps its streams, each in a folder of its name."""
        return self.folder / "store" / "jetstream" / "$G" / "streams"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start, and wait until it listens."""
        if self.is_running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [nats_server_path(), "-a", "127.0.0.1", "-p", str(self.port)]
        command += ["--ports_file_dir", str(self.folder)]
        if self.has_jetstream:
            command += ["-js", "-sd", str(self.folder / "store")]
        if self.config:
            (self.folder / "nats.conf").write_text(self.config)
            command += ["-c", str(self.folder / "nats.conf")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log)
        _wait_until_it_listens(self.process, self.folder)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def begin_to_stop(self) -> None:
        """Let it stop in an orderly way, as `nats-server --signal ldm=PID` does."""
        assert self.process
        self.process.send_signal(signal.SIGUSR2)

    def reload(self, config: str) -> None:
        """Let it read another configuration while it runs, as an operator does."""
        assert self.process is not None
        self.config = config
        (self.folder / "nats.conf").write_text(config)
        self.process.send_signal(signal.SIGHUP)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(at_most(START_SECONDS))
            self.process = None


def nats_server_path() -> str:
    """Return the server on PATH, else the one that the wheel put beside this Python."""
    scripts = sysconfig.get_path("scripts")
    path = shutil.which("nats-server") or shutil.which("nats-server", path=scripts)
    assert path, "nats-server is neither on PATH nor installed in this environment"
    return path


def ports_of(process: subprocess.Popen[bytes], folder: Path) -> dict[str, list[str]]:
    """Return the server's URLs by kind, such as `nats` or `monitoring`; none before it listens."""
    try:
        ports: dict[str, list[str]] = json.loads(
            (folder / f"nats-server_{process.pid}.ports").read_text()
        )
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return ports


def _wait_until_it_listens(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Look for the file that the server writes then, which is empty at first."""
    began = time.monotonic()
    while not ports_of(process, folder):
        if process.poll() is not None or time.monotonic() - began > at_most(START_SECONDS):
            raise RuntimeError((folder / "log").read_text()[-2000:])
        time.sleep(LOOK_EVERY_SECONDS)
