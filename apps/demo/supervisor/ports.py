"""The ports of the demo: free before it starts, served when its servers are up."""

import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from apps.demo.errors import PortTaken

HOST = "127.0.0.1"


def check_free(ports: Mapping[str, int]) -> None:
    """Bind each port for a moment; `ports` maps variable → port. Raises `PortTaken`."""
    with ExitStack() as bound:
        for variable, port in ports.items():
            probe = bound.enter_context(socket.socket())
            # As the servers do: a connection that has just been closed does not block the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
                probe.listen()
            except OSError as error:
                raise PortTaken(
                    f"port {port} is taken ({error.strerror}): set {variable} to a free one."
                ) from error


def free_ports(count: int) -> list[int]:
    """Return ports that are free at the moment."""
    with ExitStack() as bound:
        probes = [bound.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def is_served(ports: Iterable[int]) -> bool:
    """Return whether a server accepts connections on each of them."""
    for port in ports:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)):
                return False
    return True
