"""A stage: one database and one nats-server, on which the processes of a build run.

A `Scene` is a stage that was prepared and put away. Each round of a case gets a fresh copy of it:
all rounds of a case begin with the same bytes.
"""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import psycopg

from bench.kit import processes, servers
from bench.kit.builds import ROOT, Build
from bench.kit.processes import Process
from bench.kit.waiting import until

type Connection = psycopg.Connection[tuple[object, ...]]

_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "orders_site.settings",
    "DEMO": "false",
    "PAGES": "false",
    "ALLOWED_HOSTS": "127.0.0.1",
    "PLAINTEXT_LINKS": "nats,postgres,sqs,mail",
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "INFO",
    "STREAM_REPLICAS": "1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "SQS_WAIT_SECONDS": "2",
    "MEDIA_STORAGE": "files",
}
"""Production's settings, but for servers on this machine that are spoken to without TLS."""
_NO_SERVER = "http://127.0.0.1:9"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A prepared database and a prepared store of NATS, of which stages are copies."""

    database: str
    store: Path


@dataclass(kw_only=True)
class Stage:
    """What the processes of one case use, until the case ends."""

    build: Build
    database: str
    database_url: str
    folder: Path
    nats: servers.Nats
    sqs_url: str
    server_pids: Sequence[int]
    exits: ExitStack
    _started: list[Process] = field(default_factory=list, init=False)

    @cached_property
    def db(self) -> Connection:
        """A connection for looking on, which commits each statement."""
        return self.exits.enter_context(psycopg.connect(self.database_url, autocommit=True))

    def count(self, query: str) -> int:
        """Return the number that a query with one row and one column gives."""
        row = self.db.execute(query.encode()).fetchone()
        assert row is not None
        return int(str(row[0]))

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process of the shop here."""
        return (
            processes.without_the_shell()
            | _PRODUCTION
            | {
                "DATABASE_URL": self.database_url,
                "NATS_URL": self.nats.url,
                "AWS_ENDPOINT_URL": self.sqs_url or _NO_SERVER,
                "CELERY_QUEUE_URL": f"{self.sqs_url or _NO_SERVER}/000000000000/celery",
                "EMAIL_URL": f"filemail://{self.folder}/mail",
                "MEDIA_ROOT": str(self.folder / "media"),
                # The floors and programs of the bench; the shop is found in the working folder.
                "PYTHONPATH": str(ROOT),
            }
        )

    def start(self, command: Sequence[str], **environment: str) -> Process:
        """Start a process in the build's folder; it is stopped at the end of the case."""
        log = self.folder / f"process-{len(self._started)}.log"
        process = processes.start(
            command, cwd=self.build.path, env=self.environment | environment, log=log
        )
        self._started.append(process)
        return process

    def stop_processes(self) -> None:
        """Stop all that was started here, as an operator does."""
        for process in reversed(self._started):
            processes.stop(process)

    def worker(self, name: str, *, instance: str = "1") -> Process:
        """Start a shipped worker, and wait until it reports that it is ready."""
        (process,) = self.workers([name], instance=instance)
        return process

    def workers(self, names: Sequence[str], *, instance: str = "1") -> list[Process]:
        """Start several at once, and wait until each is ready."""
        started = [self.start(self.build.worker(name), WORKER_INSTANCE=instance) for name in names]
        ready = "SELECT count(*) FROM messaging_workerinstance WHERE is_ready AND pid = "
        for name, process in zip(names, started, strict=True):
            look = partial(self.count, f"{ready}{process.pid}")
            until(look, what=f"{name} is ready", of=process)
        return started

    def program(self, module: str, *arguments: str, python: str = sys.executable) -> list[str]:
        """Return the command of a module of the bench, which runs on the code of the build."""
        return [python, "-m", f"bench.{module}", *arguments]

    def run(self, command: Sequence[str], **environment: str) -> str:
        """Run a command in the build's folder to its end; return what it printed."""
        return processes.run(command, cwd=self.build.path, env=self.environment | environment)
