"""The running demo for other clients: variables for a shell, and what to try."""

import json
import os
import shlex
import socket

from django.conf import settings

from apps.demo import folder
from apps.demo.supervisor.ports import HOST, is_served
from apps.messaging import kept_file
from apps.messaging.brokers import addresses

_OURS = ("DEMO_DIR",)


def check_something_runs() -> None:
    """Raise `NoDemo` if neither a demo nor compose runs; this process may be in a container."""
    if not (addresses.is_elsewhere(settings.NATS_URL) or is_served([settings.NATS_PORT])):
        folder.check_in_use(settings.DEMO_DIR)


def exports() -> str:
    """Return the lines that `eval "$(make -s env)"` reads."""
    as_user = addresses.is_elsewhere(settings.NATS_URL) or _asks_for_a_user(settings.NATS_PORT)
    values = addresses.variables(site="SHOP_URL", queue="jobs", as_user=as_user)
    # The shell may be set to an account at AWS: with its keys or its region, the next command
    # would go to AWS itself.
    others = [f"unset {name}" for name in settings.DEMO_OTHER_ACCOUNTS if name not in values]
    exports = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    return "\n".join([*others, *exports, addresses.WITHOUT_PROXY])


def welcome(url: str) -> str:
    """Return what `demo` prints when everything is ready."""
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


def _given() -> list[str]:
    return [f"{name}={shlex.quote(os.environ[name])}" for name in _OURS if name in os.environ]


def _password() -> str:
    return kept_file.kept(settings.DEMO_DIR / "staff_password") or "(none yet: manage.py seed)"


def _asks_for_a_user(port: int) -> bool:
    """Read the first line of the NATS server; it may be the one of compose."""
    try:
        with (
            socket.create_connection((HOST, port), timeout=2) as nats,
            nats.makefile("rb") as lines,
        ):
            info = lines.readline().removeprefix(b"INFO ")
        return bool(json.loads(info).get("auth_required"))
    except (OSError, ValueError):
        return False  # No server runs there, or another one than NATS.
