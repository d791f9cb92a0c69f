"""The ports of a running demo, for commands that are typed in another terminal."""

import json
import os
import sys
from pathlib import Path

from django.conf import settings

from apps.demo.errors import OtherPorts
from apps.demo.folder import is_in_use
from apps.messaging import kept_file

NAMES = ("PORT", "NATS_PORT", "AWS_PORT")
FILE = "demo.ports"


def keep(folder: Path) -> None:
    """Write this demo's ports into its folder."""
    ports = {name: getattr(settings, name) for name in NAMES}
    kept_file.write_whole(folder / FILE, json.dumps(ports))


def use_those_of_the_running_demo(folder: Path) -> None:
    """Start this command again with the ports of the demo on this folder, if ours are others.

    Raises `OtherPorts` if the shell names others.
    """
    running = _ports_of(folder)
    differ = [name for name in running if running[name] != getattr(settings, name)]
    if not differ:
        return
    if given := [name for name in differ if name in os.environ]:
        raise OtherPorts(
            f"the demo on {folder} has {', '.join(f'{name}={running[name]}' for name in given)}: "
            f"unset {' and '.join(given)}, or set DEMO_DIR to the folder of another demo."
        )
    others = os.environ | {name: str(running[name]) for name in differ}
    os.execve(sys.executable, [sys.executable, *sys.argv], others)  # noqa: S606  Ours, as it was.


def _ports_of(folder: Path) -> dict[str, int]:
    if not is_in_use(folder):
        return {}
    written = kept_file.kept(folder / FILE)
    # Without them it is starting, or it is an older version.
    found: dict[str, int] = json.loads(written) if written else {}
    return found
