"""Routes of NATS in the cluster: by TLS, with a certificate and a password on both sides."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deploy.nats_cluster import Member, Together, wait_until_whole
from tests.support.certificates import Authority
from tests.support.waiting import eventually

REFUSED = "TLS route handshake error"
INTRUDER = """
server_name: intruder
cluster {{
  name: cluster, listen: "127.0.0.1:-1", routes: ["nats://routes:demo@127.0.0.1:{port}"]
  {tls}
}}
"""


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Together]:
    with ExitStack() as ends:
        yield Together(tmp_path_factory.mktemp("routes"), ends)


def test_the_three_servers_join_by_tls(together: Together) -> None:
    wait_until_whole(together)


@pytest.mark.parametrize("has_tls", [False, True])
def test_the_password_alone_opens_no_route(
    together: Together, tmp_path: Path, has_tls: bool
) -> None:
    wait_until_whole(together)
    own = Authority(tmp_path, "another").issue("intruder")
    tls = f'tls {{ cert_file: "{own.file}", key_file: "{own.key}", insecure: true }}'
    asked = together.members["nats"]
    before = asked.log.count(REFUSED)
    intruder = intrude(together, f"intruder-{has_tls}", tls if has_tls else "")
    eventually(lambda: asked.log.count(REFUSED) > before, within=30, what=intruder.log)
    assert (asked.routes(), intruder.routes()) == ({"nats_2", "nats_3"}, set())


def intrude(together: Together, name: str, tls: str) -> Member:
    """Start a server with the password, which tries to join by the first one's port."""
    config = INTRUDER.format(port=together.ports["nats"], tls=tls)
    file = together.folder / f"{name}.conf"
    file.write_text(config)
    return together.start(name, ["--config", str(file)])
