"""Ports for the servers of the tests."""

from tests.ports import free_port

LINUX_GIVES_AWAY = 32_768


def test_no_port_is_given_twice_and_none_that_an_outgoing_connection_could_take() -> None:
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert max(ports) < LINUX_GIVES_AWAY
