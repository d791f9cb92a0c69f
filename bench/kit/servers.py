"""The servers that the bench starts: PostgreSQL with its safe defaults, nats-server, an SQS.

They are not those of the tests, which trade durability for speed.
"""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.kit import processes
from bench.kit.builds import ROOT
from bench.kit.waiting import until
from tests.support.nats_server import nats_server_path, ports_of
from tests.support.ports import free_port
from tests.support.postgresql import program

_ENV = os.environ | {"LC_ALL": "C.UTF-8"}
_POSTGRESQL = ("shared_buffers=256MB", "max_wal_size=4GB", "max_connections=200")


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[int, int]]:
    """Yield the port and the process id of a server; user `postgres`, no password."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    home = folder / "postgresql"
    home.mkdir()
    if as_user:
        shutil.chown(home, "postgres")
    data, port = home / "data", free_port()
    initdb = [program("initdb"), "-D", str(data), "-A", "trust", "-U", "postgres"]
    processes.run([*as_user, *initdb, "-E", "UTF8", "--locale=C.UTF-8"], cwd=home)
    options = [word for setting in _POSTGRESQL for word in ("-c", setting)]
    command = [program("postgres"), "-D", str(data), "-k", str(home), "-h", "127.0.0.1"]
    command += ["-p", str(port), *options]
    server = processes.start(
        [*as_user, *command], cwd=home, env=_ENV, log=folder / "postgresql.log"
    )
    try:
        ready = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        until(
            lambda: not subprocess.run(ready, check=False).returncode, what="PostgreSQL", of=server
        )
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        yield port, pid
    finally:
        # `-m fast` also ends the connections of a case that was interrupted.
        stop = [program("pg_ctl"), "stop", "-D", str(data), "-m", "fast", "-s"]
        subprocess.run([*as_user, *stop], cwd=home, check=False)
        server.wait(processes.STOPS_WITHIN_SECONDS)


class Nats:
    """A nats-server with JetStream, and what its monitoring says of streams and durables."""

    def __init__(self, store: Path, *, sync_interval: str) -> None:
        self.folder, self.port = store.parent, free_port()
        config = self.folder / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{self.port}"\nhttp: "127.0.0.1:-1"\n'
            f'jetstream {{ store_dir: "{store}", sync_interval: "{sync_interval}" }}\n'
        )
        command = [nats_server_path(), "-c", str(config), "--ports_file_dir", str(self.folder)]
        self.process = processes.start(
            command, cwd=self.folder, env=_ENV, log=self.folder / "nats.log"
        )
        until(lambda: ports_of(self.process, self.folder), what="nats-server", of=self.process)
        self._monitoring = ports_of(self.process, self.folder)["monitoring"][0]

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def stored(self, stream: str = "ORDERS") -> int:
        """Return the number of messages in the stream."""
        messages: int = self._stream(stream)["state"]["messages"]
        return messages

    def waiting(self, durable: str, stream: str = "ORDERS") -> int:
        """Return the number of messages that the durable has still to acknowledge."""
        for each in self._stream(stream).get("consumer_detail", []):
            if each["name"] == durable:
                waits: int = each["num_pending"] + each["num_ack_pending"]
                return waits
        return 0

    def listeners(self, subject: str) -> int:
        """Return how many subscriptions would receive a message on the subject."""
        url = f"{self._monitoring}/subsz?subs=true&test={subject}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return len(json.load(answer).get("subscriptions_list") or [])

    def _stream(self, name: str) -> dict[str, Any]:
        url = f"{self._monitoring}/jsz?streams=true&consumers=true"
        with urllib.request.urlopen(url, timeout=10) as answer:
            accounts = json.load(answer).get("account_details", [])
        streams = [each for account in accounts for each in account.get("stream_detail", [])]
        found: dict[str, Any] = next(each for each in streams if each["name"] == name)
        return found


@contextmanager
def sqs(folder: Path) -> Iterator[str]:
    """Yield the URL of ministack, whose queues are quick also when they are long."""
    port = free_port()
    env = _ENV | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "SERVICES": "sqs",
        "LOG_LEVEL": "WARNING",
    }
    command = [str(ROOT / ".bench" / "bin" / "ministack")]
    server = processes.start(command, cwd=folder, env=env, log=folder / "sqs.log")
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(url), what="ministack", of=server)
        yield url
    finally:
        processes.stop(server)


def _answers(url: str) -> bool:
    with suppress(OSError):
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return True  # An answer all the same.
        return True
    return False
