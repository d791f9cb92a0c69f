"""The running demo as a foreign client sees it: variables for a shell, and what to try."""

import json
import os
import shlex
import socket
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from apps.demo.ports import HOST

# moto's own account.
_ACCOUNT = "123456789012"
_OURS = ("PORT", "NATS_PORT", "AWS_PORT", "DEMO_DIR")


def exports() -> str:
    """Return what `eval "$(make -s env)"` reads; `Q` is the URL of the queue `jobs`."""
    values = {
        "SHOP_URL": f"http://{HOST}:{settings.PORT}",
        "NATS_URL": _nats_url(),
        "AWS_ENDPOINT_URL": settings.AWS_ENDPOINT_URL,
        "AWS_ACCESS_KEY_ID": settings.AWS_ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": settings.AWS_SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": settings.AWS_REGION,
        "Q": f"{settings.AWS_ENDPOINT_URL}/{_ACCOUNT}/jobs",
    }
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())


def welcome(url: str) -> str:
    """Return what is printed once all is up."""
    make = " ".join([*_given(), "make"])
    lab = f"  Lab      {url}/lab/  see each message travel, break it, watch it heal\n"
    if not settings.LAB:
        lab = ""
    return f"""
Ready: {url}

  Shop     {url}/  buy something and watch its page: a worker confirms it
{lab}  API      {url}/api/docs  and how every process is doing: {url}/api/status
  Staff    {url}/admin/  user staff, password {_password()}
  Follow   this log, or from another terminal: eval "$({make} -s env)"; nats sub "orders.>"
  Mails    {settings.DEMO_DIR / "mail"}
  Command  {make} manage ARGS="api_token staff"
  Stop     Ctrl-C; orders, pictures and the stream stay until {make} reset
"""


def _nats_url() -> str:
    """As the user `developer` where the server wants one, which that of docker-compose.yml does."""
    url: str = settings.NATS_URL
    if not _wants_a_user(settings.NATS_PORT):
        return url
    password = quote(os.environ.get("NATS_PASSWORD_DEVELOPER", "demo"), safe="")
    return f"nats://developer:{password}@{HOST}:{settings.NATS_PORT}"


def _wants_a_user(port: int) -> bool:
    """A NATS server opens with a line that says so: `INFO {...}`."""
    try:
        with (
            socket.create_connection((HOST, port), timeout=2) as nats,
            nats.makefile("rb") as lines,
        ):
            info = lines.readline().removeprefix(b"INFO ")
        return bool(json.loads(info).get("auth_required"))
    except (OSError, ValueError):
        return False  # Nothing runs there yet, or it is none of ours.


def _given() -> list[str]:
    return [f"{name}={shlex.quote(os.environ[name])}" for name in _OURS if name in os.environ]


def _password() -> str:
    path: Path = settings.DEMO_DIR / "staff_password"
    return path.read_text().strip() if path.exists() else "(none yet: manage.py seed)"
