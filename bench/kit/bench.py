"""What a figure is made from: the two builds, their scenes, the size, an SQS."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import boto3

from bench.kit import builds, servers
from bench.kit.builds import Build
from bench.kit.scenes import Scenes
from bench.kit.sizes import Size
from bench.kit.world import World

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


@dataclass(kw_only=True)
class Bench:
    """One run of the bench."""

    size: Size
    now: Build
    before: Build
    world: World
    scenes: Scenes
    exits: ExitStack

    @cached_property
    def sqs_url(self) -> str:
        """An SQS for the figures that need one; it is started at its first use."""
        url = self.exits.enter_context(servers.sqs(self.world.folder))
        _client(url).create_queue(QueueName="celery")
        return url

    @cached_property
    def sqs(self) -> "SQSClient":
        """A client of it."""
        return _client(self.sqs_url)

    @property
    def builds(self) -> list[Build]:
        """Both builds: what is measured of one is measured of the other."""
        return [self.now, self.before]


def stop_by_signals() -> None:
    """Let SIGTERM end the bench as Ctrl-C does: all that it started is stopped."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def prepared(size: Size) -> Iterator[Bench]:
    """Start what all figures use; stop and delete all of it at the end."""
    with ExitStack() as exits:
        before = exits.enter_context(builds.before())
        folder = Path(tempfile.mkdtemp(prefix="shop-bench-"))
        exits.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)  # PostgreSQL runs as another user, who must get to its own folder.
        port, pid = exits.enter_context(servers.postgresql(folder))
        # Once all begins to stop, another Ctrl-C would leave servers behind.
        exits.callback(signal.signal, signal.SIGINT, signal.SIG_IGN)
        world = World(folder=folder, port=port, postgresql_pid=pid)
        yield Bench(
            size=size,
            now=builds.present(),
            before=before,
            world=world,
            scenes=Scenes(world=world, size=size),
            exits=exits,
        )


def _client(url: str) -> "SQSClient":
    return boto3.client(
        "sqs",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
