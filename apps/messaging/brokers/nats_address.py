"""`NATS_URL` → options of nats-py: servers without a user, and the user separately.

nats-py sends the user and the password of a URL without decoding them: a password with `%40` for
`@` reaches the server as `%40`, and is rejected. It also checks no URL before it connects.
"""

from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

SCHEMES = ("nats", "tls")
PORT = 4222


class NatsAddress(NamedTuple):
    """The servers of one cluster, each like `tls://HOST:4222`, and the user for all of them.

    A user without a password is a token, as in every client of NATS.
    """

    servers: list[str]
    user: str | None = None
    password: str | None = None
    token: str | None = None

    @property
    def credentials(self) -> dict[str, str]:
        """Return the credentials as options of nats-py's `connect`; empty if there are none."""
        given = {"user": self.user, "password": self.password, "token": self.token}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def hosts(self) -> set[str]:
        """Return the host of each server."""
        return {str(urlsplit(server).hostname) for server in self.servers}

    @property
    def uses_tls(self) -> bool:
        """Return whether connections must be encrypted."""
        return self.servers[0].startswith("tls:")


def address(text: str) -> NatsAddress:
    """Read one URL, or several with commas between. Raises `ValueError` for an invalid one."""
    urls = [_url(each) for each in text.split(",")]
    if len({url.scheme for url in urls}) > 1:
        raise ValueError("one scheme is for all servers, since all get the same password")
    users = {url.netloc.rpartition("@")[0] for url in urls} - {""}
    if len(users) > 1:
        raise ValueError("one user connects to all servers")
    servers = [f"{url.scheme}://{_host_and_port(url)}" for url in urls]
    if not users:
        return NatsAddress(servers)
    user, colon, password = users.pop().partition(":")
    if not colon:
        return NatsAddress(servers, token=unquote(user))
    return NatsAddress(servers, unquote(user), unquote(password))


def _url(text: str) -> SplitResult:
    """Read one URL, in which nothing may follow the host: a `/`, `#` or `?` that is not escaped in
    a password would seem to begin a path."""
    url = urlsplit(text.strip())
    if url.scheme not in SCHEMES or not url.hostname or text.split() != [text.strip()]:
        raise ValueError
    if url.path.strip("/") or url.query or url.fragment or url.port == 0:
        raise ValueError
    return url


def _host_and_port(url: SplitResult) -> str:
    host = f"[{url.hostname}]" if ":" in str(url.hostname) else url.hostname
    return f"{host}:{url.port or PORT}"
