"""A demo that reaches each of its servers by a link, and customers that reach `web` by one."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from apps.demo.chaos.shop import RunningShop
from apps.demo.chaos.web import Web
from apps.demo.supervisor.ports import HOST, is_served
from apps.demo.supervisor.ready import GIVE_UP_AFTER_SECONDS
from tests.grey.alarms import PORTS
from tests.grey.links import Links, opened
from tests.support.ports import first_of_a_row, free_port
from tests.support.small_disk import small_disk

SMALL_DISK = "48m"
"""For SQLite's file."""
NATS_DISK = "3g"
"""nats-server reserves the full size of its streams."""
STARTS_WITHIN_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Bed:
    """A running shop with all that can be made faulty in it."""

    shop: RunningShop
    web_of_customers: Web
    """The same `web` as the shop's, behind a link."""
    links: Links
    mail_server: "subprocess.Popen[bytes]"
    mail_folder: Path
    postgresql_url: str
    small_disk: Path | None
    nats_disk: Path | None


@contextmanager
def made(folder: Path, *, postgresql_url: str) -> Iterator[Bed]:
    """Start a demo on the present settings, each server behind a link, and stop it at the end.

    Without the URL of a PostgreSQL server its database is SQLite on the small disk.
    """
    with ExitStack() as stack:
        mail_port = free_port()
        mail_folder = folder / "mail"
        mail_folder.mkdir(parents=True, exist_ok=True)
        mail_server = stack.enter_context(_mail_server(mail_port, mail_folder))
        ports = {"nats": settings.NATS_PORT, "sqs": settings.AWS_PORT, "mail": mail_port}
        ports["web"] = settings.PORT
        if postgresql_url:
            ports["postgresql"] = urlsplit(postgresql_url).port or 5432
        links = stack.enter_context(opened(ports))
        nats_disk = _nats_disk(folder, stack) if postgresql_url else None
        shop = RunningShop(folder, starts_within=GIVE_UP_AFTER_SECONDS)
        stack.callback(shop.end)
        shop.start(**_ways(links, postgresql_url))
        yield Bed(
            shop=shop,
            web_of_customers=Web(f"{HOST}:{links.port('web')}"),
            links=links,
            mail_server=mail_server,
            mail_folder=mail_folder,
            postgresql_url=postgresql_url,
            small_disk=None if postgresql_url else folder / "disk",
            nats_disk=nats_disk,
        )


def _nats_disk(folder: Path, stack: ExitStack) -> Path | None:
    """Mount it where root is at work; without it one cell is left out."""
    if os.geteuid() != 0:
        return None
    return stack.enter_context(small_disk(folder / "jetstream", size=NATS_DISK))


def _ways(links: Links, postgresql_url: str) -> dict[str, str]:
    """Return the variables that name the shop's servers."""
    ways = {
        "FAILPOINTS": "",
        "METRICS_PORT": str(first_of_a_row(PORTS)),
        "DEMO_NATS_URL": f"nats://127.0.0.1:{links.port('nats')}",
        "DEMO_AWS_ENDPOINT_URL": f"http://127.0.0.1:{links.port('sqs')}",
        "DEMO_EMAIL_URL": f"smtp://127.0.0.1:{links.port('mail')}",
    }
    if postgresql_url:
        url = urlsplit(postgresql_url)
        way = url._replace(netloc=f"{url.username}@127.0.0.1:{links.port('postgresql')}")
        ways["DEMO_DATABASE_URL"] = way.geturl()
    return ways


@contextmanager
def _mail_server(port: int, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.grey.mail_server", str(port), str(folder)],
        cwd=settings.BASE_DIR,
    )
    try:
        give_up = time.monotonic() + STARTS_WITHIN_SECONDS
        while not is_served([port]):
            assert time.monotonic() < give_up, "the mail server does not listen"
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()
