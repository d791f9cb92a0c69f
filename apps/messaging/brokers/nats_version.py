"""The version of the server that a client is connected to."""

from nats.aio.client import Client

UNKNOWN = (0, 0, 0)


def version_of(nc: Client) -> tuple[int, int, int]:
    """Return it as numbers; `UNKNOWN`, which is older than any, if it is no semantic version.

    A server that somebody built may name itself otherwise, and nats-py raises an error for that.
    """
    version = nc.connected_server_version
    try:
        return version.major, version.minor, version.patch
    except ValueError:
        return UNKNOWN
