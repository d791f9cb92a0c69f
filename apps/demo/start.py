"""The order in which the demo starts: servers, tables, queues, products, then the rest."""

import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.conf import settings

from apps.demo import environment, ports
from apps.demo.errors import NoPages, OtherServers
from apps.demo.folder import check_usable, claimed, keep_secret_key
from apps.demo.supervisor import metrics_ports, programs, servers
from apps.demo.supervisor.control import answering
from apps.demo.supervisor.launch import CAN_FORK
from apps.demo.supervisor.output import Output, colours_wanted
from apps.demo.supervisor.ports import HOST, check_free
from apps.demo.supervisor.preload import preload
from apps.demo.supervisor.room import check_room
from apps.demo.supervisor.supervising import StopRequested, Supervisor, supervising
from apps.demo.supervisor.workers_by_hand import WorkersByHand


def run_demo(*, reload: bool = False, left_out: Collection[str] = ()) -> None:
    """Run the shop until Ctrl-C or SIGTERM. Raises `CannotRun`.

    With `reload` a process starts again when one of its files changes. It is ready when those in
    `left_out` run too, which a debugger starts.
    """
    os.chdir(settings.BASE_DIR)  # `python -m` finds our modules there.
    check_addresses()
    check_pages()
    # Before the folder is made: an error must leave no folder behind.
    check_usable(settings.DEMO_DIR)
    check_free(
        {"PORT": settings.PORT, "NATS_PORT": settings.NATS_PORT, "AWS_PORT": settings.AWS_PORT}
    )
    check_room(settings.DEMO_DIR)
    with claimed(settings.DEMO_DIR):
        keep_secret_key(settings.DEMO_DIR)
        ports.keep(settings.DEMO_DIR)
        metrics_ports.keep_targets(settings.DEMO_DIR)
        colours = colours_wanted(sys.stdout.fileno())
        _agree_with_children(colours=colours)
        output = Output(sys.stdout.fileno(), width=_longest_name(), colours=colours)
        try:
            with supervising(output) as supervisor, _by_hand(supervisor):
                start_in_order(supervisor, reload=reload, left_out=left_out)
                output.block(environment.welcome(f"http://{HOST}:{settings.PORT}"))
                supervisor.run()
        except StopRequested:
            output.notice("stopped")


def start_in_order(supervisor: Supervisor, *, reload: bool, left_out: Collection[str]) -> None:
    """Return when `/readyz/all` answers 200. Raises `StopRequested`, `ProgramFailed`."""
    both = (settings.NATS_PORT, settings.AWS_PORT)
    provision_sqs = programs.management_command("provision", "--only=sqs", needs_ports=both[1:])
    supervisor.start(
        servers.nats_server(port=settings.NATS_PORT, store=settings.DEMO_DIR / "jetstream"),
        servers.sqs_server(port=settings.AWS_PORT, provision=provision_sqs),
    )
    prepared = supervisor.once(programs.management_command("prepare_demo"))
    if CAN_FORK:
        preload()
    supervisor.wait_for(prepared)
    # The web server starts after the seed, so that its first visitor finds products. The workers
    # start after it too: resizing pictures would slow it down.
    for step in (
        supervisor.once(programs.management_command("provision", needs_ports=both)),
        supervisor.once(programs.management_command("seed")),
    ):
        supervisor.wait_for(step)
    shop = [
        *programs.workers(settings.WORKERS),
        *programs.celery(settings.WORKERS["celery"]),
        programs.beat(folder=settings.DEMO_DIR),
        programs.web(port=settings.PORT),
    ]
    shop = [each for each in shop if each.name not in left_out]
    supervisor.start(*(map(programs.reloading, shop) if reload else shop))
    ready = programs.ready(port=settings.PORT, waits_for_a_person=bool(left_out))
    supervisor.wait_for(supervisor.once(ready))


def check_addresses() -> None:
    """Raise `OtherServers` if an environment variable names another shop's server."""
    if found := settings.DEMO_POINTS_ELSEWHERE:
        raise OtherServers(f"{', and '.join(found)}: that is not the demo's own, so unset it.")


def check_pages() -> None:
    """Raise `NoPages` if `PAGES` is false."""
    if not settings.PAGES:
        raise NoPages("PAGES=false is for a worker in a container of its own, so unset it.")


@contextmanager
def _by_hand(supervisor: Supervisor) -> Iterator[None]:
    """Do with the workers what the lab's page asks for; without the lab nothing can be asked."""
    if not settings.LAB:
        yield
        return
    workers = WorkersByHand(supervisor, settings.WORKERS)
    with answering(
        settings.SUPERVISOR_SOCKET, supervisor.selector, supervisor.output, workers.answer
    ):
        yield


def _agree_with_children(*, colours: bool) -> None:
    """Set what the child processes inherit: whether to colour, and that Celery keeps its title."""
    os.environ["FORCE_COLOR" if colours else "NO_COLOR"] = "1"
    os.environ["NOSETPS"] = "1"


def _longest_name() -> int:
    return max(len(name) for name in settings.WORKERS) + 2
