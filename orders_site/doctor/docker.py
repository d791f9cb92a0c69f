"""Checks of Docker, for `docker compose up`: the engine, Compose, containers that are not well."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from apps.messaging.finding import Finding, warning, well
from orders_site.doctor.machine import ROOT

OLDEST_COMPOSE = (2, 24)
SECONDS = 1.5
"""For each of three questions to the engine, which may hang."""
_UNNEEDED = "only `docker compose up` needs it, `make demo` does not"
_AGAIN = "docker compose up --detach --build"
_HAS_ID_FOR_NAME = 12
"""The length of an image's id, which Docker shows where its name has gone to a newer image."""


def findings() -> Iterator[Finding]:
    if not shutil.which("docker"):
        yield warning("docker", "not installed", f"install it; {_UNNEEDED}")
        return
    server = _said("version", "--format", "{{.Server.Version}}")
    if not server:
        yield warning("docker", "its engine does not answer", f"start it; {_UNNEEDED}")
        return
    yield well("docker", server)
    compose = _said("compose", "version", "--short")
    oldest = ".".join(map(str, OLDEST_COMPOSE))
    if not compose or _version(compose) < OLDEST_COMPOSE:
        seen = f"{compose} is too old" if compose else "not installed"
        yield warning("compose", seen, f"install Docker Compose {oldest} or newer; {_UNNEEDED}")
        return
    yield well("compose", compose)
    yield from _containers()


def _containers() -> Iterator[Finding]:
    lines = _said("compose", "ps", "--all", "--format", "json").splitlines()
    for container in map(json.loads, lines):
        name, trouble = container.get("Service", ""), _trouble(container)
        if trouble and name:
            mend = f"docker compose logs {name}"
            if name == "postgres":
                mend += "; a volume of another version: `docker compose down --volumes` deletes it"
            yield warning(f"container {name}", trouble, mend)
        elif _is_of_an_older_image(container):
            yield warning(f"container {name}", "made from an image that was replaced", _AGAIN)


def _trouble(container: dict[str, Any]) -> str:
    """Return what is wrong with it; one that ends by itself with code 0 has done its work."""
    state, code = container.get("State", ""), container.get("ExitCode", 0)
    if state in ("restarting", "dead") or (state == "exited" and code):
        return f"{state} with code {code}"
    return "unhealthy" if container.get("Health") == "unhealthy" else ""


def _is_of_an_older_image(container: dict[str, Any]) -> bool:
    image = container.get("Image", "").removeprefix("sha256:")
    is_id = len(image) >= _HAS_ID_FOR_NAME and set(image) <= set("0123456789abcdef")
    return is_id and container.get("State") == "running"


def _said(*arguments: str) -> str:
    """Return the output of docker; empty if it fails or hangs."""
    try:
        done = subprocess.run(  # noqa: S603
            ["docker", *arguments],  # noqa: S607  The one that `docker compose up` would be.
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _version(text: str) -> tuple[int, ...]:
    parts = text.lstrip("v").split(".")[:2]
    return tuple(int(part) if part.isdecimal() else 0 for part in parts)
