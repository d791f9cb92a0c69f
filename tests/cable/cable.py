"""Two network namespaces and the cable between them, which can be cut and slowed (Linux, root)."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

ADDRESS_THERE, ADDRESS_HERE = "10.213.77.1", "10.213.77.2"
END = "cable"
"""What either end is called in its namespace."""
SLOW = ("rate", "256kbit", "burst", "16kb", "latency", "3s")

_number = itertools.count()


class NoCable(Exception):
    """This machine cannot do it; the text says why."""


@dataclass(frozen=True)
class Cable:
    """The names of two namespaces: the shop is here, its servers are there."""

    here: str
    there: str

    def at(self, end: str) -> list[str]:
        """Return the words before a command that is to run at that end."""
        return ["ip", "netns", "exec", end]

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Let nothing through, in either direction; waiting clients get no error."""
        _run("ip", "-n", self.there, "link", "set", END, "down")
        try:
            yield
        finally:
            _run("ip", "-n", self.there, "link", "set", END, "up")

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Limit the link to 32 KB a second; packets that wait for over three seconds are lost."""
        for end in (self.here, self.there):
            _run(*self.at(end), "tc", "qdisc", "replace", "dev", END, "root", "tbf", *SLOW)
        try:
            yield
        finally:
            for end in (self.here, self.there):
                _run(*self.at(end), "tc", "qdisc", "del", "dev", END, "root")


@contextmanager
def laid() -> Iterator[Cable]:
    """Lay a cable, and take it away with both namespaces. Raises `NoCable`."""
    if os.name != "posix" or not (shutil.which("ip") and shutil.which("tc")):
        raise NoCable("it takes Linux with `ip` and `tc` (Debian: iproute2)")
    if os.geteuid() != 0:
        raise NoCable("only root may make network namespaces")
    name = f"shop-{os.getpid()}-{next(_number)}"
    cable = Cable(here=f"{name}-here", there=f"{name}-there")
    try:
        try:
            _lay(cable)
            with cable.slow(), cable.cut():
                pass
        except subprocess.CalledProcessError as error:
            raise NoCable(f"`{' '.join(error.cmd)}` failed: {error.stderr.strip()}") from error
        yield cable
    finally:
        for name in (cable.here, cable.there):
            with suppress(subprocess.CalledProcessError):
                _run("ip", "netns", "del", name)


def _lay(cable: Cable) -> None:
    for name in (cable.here, cable.there):
        _run("ip", "netns", "add", name)
        _run("ip", "-n", name, "link", "set", "lo", "up")
    ends = ("netns", cable.here, "type", "veth", "peer", "name", END, "netns", cable.there)
    _run("ip", "link", "add", END, *ends)
    for name, address in ((cable.here, ADDRESS_HERE), (cable.there, ADDRESS_THERE)):
        _run("ip", "-n", name, "addr", "add", f"{address}/30", "dev", END)
        _run("ip", "-n", name, "link", "set", END, "up")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
