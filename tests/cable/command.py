"""The command line: lays the cable, starts the servers there, and calls itself once more here."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from apps.demo.management.commands.prove import environment
from tests.cable.cable import ADDRESS_THERE, Cable, NoCable, laid
from tests.cable.course import course
from tests.cable.servers import served
from tests.support.postgresql import make_database

SETTINGS = "tests.cable.settings"


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: 0 where every promise is kept, or where it cannot be tried."""
    parser = argparse.ArgumentParser(prog="make prove ORDERS=…", description=__doc__)
    parser.add_argument("orders", type=int)
    inner = parser.add_argument_group("at the shop's end, as the command calls itself")
    inner.add_argument("--here", default="", help="the namespace that this is")
    inner.add_argument("--there", default="", help="that of the servers")
    asked = parser.parse_args(arguments)
    if asked.here:
        return _at_this_end(asked.orders, Cable(here=asked.here, there=asked.there))
    try:
        with laid() as cable:
            return _with_servers(asked.orders, cable)
    except NoCable as error:
        print(f"skipped: {error}", file=sys.stderr)
        return 0


def _with_servers(orders: int, cable: Cable) -> int:
    folder = Path(tempfile.mkdtemp(prefix="shop-cable-"))
    command = [*cable.at(cable.here), sys.executable, "-m", "tests.cable", str(orders)]
    command += ["--here", cable.here, "--there", cable.there]
    with served(cable, folder) as ways:
        variables = environment(folder) | ways | {"DJANGO_SETTINGS_MODULE": SETTINGS}
        code = subprocess.run(command, cwd=settings.BASE_DIR, env=variables, check=False).returncode
    if code == 0:
        shutil.rmtree(folder)
    return code


def _at_this_end(orders: int, cable: Cable) -> int:
    began, broken = time.monotonic(), 0
    database = settings.DATABASES["default"]
    make_database(int(database["PORT"]), database["NAME"], address=ADDRESS_THERE)

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {what}", file=sys.stderr, flush=True)

    for check in course(orders, cable, settings.DEMO_DIR, say=say):
        print(check, flush=True)
        broken += bool(check.broken)
    say("done")
    if broken:
        print(f"{broken} checks have failed; the log is in {settings.DEMO_DIR}")
    return min(broken, 1)
