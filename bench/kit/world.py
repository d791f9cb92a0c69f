"""The bench's folder and its PostgreSQL server: it makes stages, and puts prepared ones away."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from bench.kit import processes, servers
from bench.kit.builds import Build
from bench.kit.stage import Scene, Stage


@dataclass(kw_only=True)
class World:
    """The bench's folder and its PostgreSQL server, from the first case to the last."""

    folder: Path
    port: int
    postgresql_pid: int
    _scenes: int = field(default=0, init=False)

    @contextmanager
    def stage(
        self, build: Build, scene: Scene | None, *, sync_interval: str = "2m", sqs_url: str = ""
    ) -> Iterator[Stage]:
        """Yield a fresh copy of a scene, or an empty stage; it is thrown away at the end.

        `sync_interval` is that of nats-server, whose own default is two minutes.
        """
        database = f"bench_{secrets.token_hex(6)}"
        self._make_database(database, scene)
        with ExitStack() as exits:
            exits.callback(self._drop_database, database)
            folder = Path(tempfile.mkdtemp(dir=self.folder))
            exits.callback(shutil.rmtree, folder)
            if scene:
                shutil.copytree(scene.store, folder / "store")
            nats = servers.Nats(folder / "store", sync_interval=sync_interval)
            exits.callback(processes.stop, nats.process)
            stage = Stage(
                build=build,
                database=database,
                database_url=f"postgres://postgres@127.0.0.1:{self.port}/{database}",
                folder=folder,
                nats=nats,
                sqs_url=sqs_url,
                server_pids=[self.postgresql_pid, nats.process.pid],
                exits=exits,
            )
            exits.callback(stage.stop_processes)
            yield stage

    def prepare(self, build: Build, scene: Scene | None, steps: Callable[[Stage], None]) -> Scene:
        """Take the steps on a copy of a scene, and return what they left as a new scene."""
        self._scenes += 1
        name = f"scene_{self._scenes}"
        with self.stage(build, scene) as stage:
            steps(stage)
            stage.stop_processes()
            stage.db.execute("VACUUM (ANALYZE)")
            stage.db.close()
            processes.stop(stage.nats.process)  # Its store is complete when it has stopped.
            store = self.folder / name
            shutil.copytree(stage.folder / "store", store)
            made = Scene(database=stage.database, store=store)
            self._make_database(name, made)
        return Scene(database=name, store=store)

    def _make_database(self, name: str, scene: Scene | None) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(scene.database if scene else "template0")
        )
        self._execute(statement)

    def _drop_database(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        server = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)
            if statement.as_string().startswith("CREATE"):
                # Otherwise a checkpoint for it would run while the case is measured.
                connection.execute("CHECKPOINT")
