"""`NATS_URL` → what nats-py is given: servers without a user, and the user beside them.

nats-py sends a user and a password as they stand in the URL: what had to be escaped there (`%40`
for `@`) reaches the server escaped, and is refused. It looks at no URL before it connects, either.
"""

from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

SCHEMES = ("nats", "tls")
PORT = 4222


class NatsAddress(NamedTuple):
    """The servers of one cluster, each like `tls://HOST:4222`, and who we are to all of them.

    A user without a password is a token, as every client of NATS has it.
    """

    servers: list[str]
    user: str | None = None
    password: str | None = None
    token: str | None = None

    @property
    def credentials(self) -> dict[str, str]:
        """Return them as nats-py's `connect` takes them; none where none were given."""
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
    """Read one URL, or several with commas between; raises `ValueError` for what is none."""
    urls = [_url(each) for each in text.split(",")]
    if len({url.scheme for url in urls}) > 1:
        raise ValueError("a password that one of them is sent by TLS goes to all")
    users = {url.netloc.rpartition("@")[0] for url in urls} - {""}
    if len(users) > 1:
        raise ValueError("whoever connects is one user, at whichever server")
    servers = [f"{url.scheme}://{_host_and_port(url)}" for url in urls]
    if not users:
        return NatsAddress(servers)
    user, colon, password = users.pop().partition(":")
    if not colon:
        return NatsAddress(servers, token=unquote(user))
    return NatsAddress(servers, unquote(user), unquote(password))


def _url(text: str) -> SplitResult:
    """What follows the host is no part of an address: a `/`, `#` or `?` not escaped in a password
    would make one."""
    url = urlsplit(text.strip())
    if url.scheme not in SCHEMES or not url.hostname or text.split() != [text.strip()]:
        raise ValueError
    if url.path.strip("/") or url.query or url.fragment or url.port == 0:
        raise ValueError
    return url


def _host_and_port(url: SplitResult) -> str:
    host = f"[{url.hostname}]" if ":" in str(url.hostname) else url.hostname
    return f"{host}:{url.port or PORT}"
