"""The cluster of `deploy/compose.cluster.yml`: its containers, killed and started one by one."""

import json
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any

from tests.acceptance.compose import Project
from tests.acceptance.shop import Shop
from tests.support.waiting import eventually

FILES = ("docker-compose.yml", "deploy/compose.cluster.yml")
SERVERS = ("nats", "nats_2", "nats_3")
AT_ONCE = 3
PAUSE_SECONDS = 0.5
"""Between two orders of one customer."""
BACK_WITHIN_SECONDS = 120.0
PATIENCE_SECONDS = 60.0


class Cluster:
    """One container is named by its service and its number, as `web`, 1."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @contextmanager
    def away(self, service: str, number: int = 1) -> Iterator[None]:
        """Kill a container at once, and start it again; return when it is healthy."""
        container = f"{self._project.name}-{service}-{number}"
        _docker("kill", container)
        try:
            yield
        finally:
            _docker("start", container)
            health = ("inspect", "--format={{.State.Health.Status}}", container)
            eventually(
                lambda: _docker(*health).strip() == "healthy",
                within=BACK_WITHIN_SECONDS,
                what=f"{container} is healthy",
            )

    def stream(self, server: str = "nats") -> dict[str, Any]:
        """Return what a server of NATS says of ORDERS: its state, leader and copies."""
        asked = "http://127.0.0.1:8222/jsz?streams=1"
        answer = json.loads(self._in(server, "wget", "-q", "-Y", "off", "-O", "-", asked))
        (account,) = answer["account_details"]
        (found,) = [each for each in account["stream_detail"] if each["name"] == "ORDERS"]
        return dict(found)

    def leader(self) -> str:
        """Return the server that leads ORDERS, which is also its service."""
        return str(self.stream()["cluster"]["leader"])

    def mails(self) -> Counter[str]:
        """Return how often each mail of an order was sent."""
        lines = self._in("celery", "sh", "-c", "cat /mail/*.log").splitlines()
        return Counter(line for line in lines if line.startswith("Message-ID:"))

    def _in(self, service: str, *command: str) -> str:
        return self._project.run("exec", "--no-TTY", service, *command)


class Customers:
    """They order one thing each, one order after the other, until `leave`; each asks again with
    the same key until there is an answer."""

    def __init__(self, shop: Shop, sku: str) -> None:
        self.orders: list[str] = []
        self.longest_wait = 0.0
        """Seconds from the first question to the answer, of the order that took longest."""
        self.refused: list[str] = []
        self._shop, self._sku = shop, sku
        self._leaving = threading.Event()
        self._threads = [threading.Thread(target=self._buy) for _ in range(AT_ONCE)]
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """Let the present orders be answered, and order no more."""
        self._leaving.set()
        for thread in self._threads:
            thread.join()

    def more(self, count: int) -> None:
        """Wait until so many more have been placed."""
        goal = len(self.orders) + count
        eventually(
            lambda: len(self.orders) >= goal or bool(self.refused),
            within=PATIENCE_SECONDS,
            what=f"{count} more orders",
        )

    def _buy(self) -> None:
        while not self._leaving.wait(PAUSE_SECONDS):
            key, began = uuid.uuid4().hex, time.monotonic()
            while (order := self._placed(key)) is None:
                if time.monotonic() - began > PATIENCE_SECONDS:
                    self.refused.append(key)
                    return
                time.sleep(0.1)
            self.orders.append(order)
            self.longest_wait = max(self.longest_wait, time.monotonic() - began)

    def _placed(self, key: str) -> str | None:
        try:
            answer = self._shop.order((self._sku, 1), key=key)
        except (OSError, HTTPException):
            return None
        return str(answer.json["id"]) if answer.status in (200, 201) else None


def _docker(*arguments: str) -> str:
    return subprocess.check_output(["docker", *arguments], text=True)
