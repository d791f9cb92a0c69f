"""`docker-compose.yml`, read as it stands."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
TERMINAL = SERVICES.pop("terminal")
OBSERVE = SERVICES.pop("observe")
SERVERS = {"postgres", "nats", "sqs"}
PSQL = {"roles", "grants"}
ONCE = {name for name, service in SERVICES.items() if service["restart"] == "no"}
OURS = {name: service for name, service in SERVICES.items() if name not in SERVERS | PSQL}
LONG_RUNNING = {name: service for name, service in SERVICES.items() if name not in ONCE}


def with_defaults(text: str) -> str:
    """Replace `${NAME:-default}` by its default, as compose does for an unset variable."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
