"""Routes of NATS in the cluster: by TLS, with a certificate and a password on both sides."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.deploy.cluster_file import CLUSTER
from tests.deploy.compose_file import ROOT, with_defaults
from tests.deploy.nats_users import USERS
from tests.support.certificates import Authority
from tests.support.nats_server import nats_server_path, ports_of
from tests.support.ports import free_port
from tests.support.waiting import eventually

REFUSED = "TLS route handshake error"
SERVERS = ("nats", "nats_2", "nats_3")
INTRUDER = """
server_name: intruder
cluster {{
  name: cluster, listen: "127.0.0.1:-1", routes: ["nats://routes:demo@127.0.0.1:{port}"]
  {tls}
}}
"""


class Member:
    """A nats-server with the command of the cluster's file, at ports of this machine."""

    def __init__(self, folder: Path, command: list[str]) -> None:
        folder.mkdir()
        self._folder = folder
        usual = ["-a", "127.0.0.1", "-p", "-1", "--http_port", "-1"]
        usual += ["--ports_file_dir", str(folder), "--store_dir", str(folder)]
        environment = {f"NATS_PASSWORD_{user.upper()}": "demo" for user in USERS}
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [nats_server_path(), *command, *usual], stderr=log, env=environment
            )

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text()

    def routes(self) -> set[str]:
        """Return the names of the servers to which it has a route."""
        ports = eventually(lambda: ports_of(self.process, self._folder), what=self.log) or {}
        with urlopen(f"{ports['monitoring'][0]}/routez", timeout=30) as answer:
            return {route["remote_name"] for route in json.load(answer)["routes"] or []}


class Together:
    """The three servers, and where they are."""

    def __init__(self, folder: Path, ends: ExitStack) -> None:
        self._folder, self._ends = folder, ends
        self.ports = {name: free_port() for name in SERVERS}
        make_certificate(folder)
        self.members = {
            name: self.start(name, command_of(name, folder, self.ports)) for name in SERVERS
        }

    def start(self, name: str, command: list[str]) -> Member:
        member = Member(self._folder / name, command)
        self._ends.callback(member.process.wait, 30)
        self._ends.callback(member.process.kill)
        return member

    def intrude(self, name: str, tls: str) -> Member:
        """Start a server with the password, which tries to join by the first one's port."""
        config = INTRUDER.format(port=self.ports["nats"], tls=tls)
        file = self._folder / f"{name}.conf"
        file.write_text(config)
        return self.start(name, ["--config", str(file)])


def make_certificate(folder: Path) -> None:
    """Do what the service `certificates` does; here the servers have an address, and no name."""
    (command,) = CLUSTER["certificates"]["command"][2:]
    here = command.replace("/routes/", f"{folder}/").replace("DNS:nats,", "DNS:nats,IP:127.0.0.1,")
    subprocess.run(["sh", "-c", here], check=True, capture_output=True)
    text = (ROOT / "deploy/nats_cluster.conf").read_text()
    (folder / "cluster.conf").write_text(text.replace("/routes/", f"{folder}/"))
    (included,) = re.findall(r"^include (\S+)$", text, re.MULTILINE)
    (folder / included).write_text((ROOT / "deploy/nats.conf").read_text())


def command_of(name: str, folder: Path, ports: dict[str, int]) -> list[str]:
    """Return what compose types, with addresses of this machine, and without its store."""
    text = with_defaults(CLUSTER[name]["command"]).replace(
        "0.0.0.0:6222", f"127.0.0.1:{ports[name]}"
    )
    for other, port in ports.items():
        text = text.replace(f"@{other}:6222", f"@127.0.0.1:{port}")
    words = shlex.split(text)
    assert words[:2] == ["--config", "/etc/nats/cluster.conf"]
    return ["--config", str(folder / "cluster.conf"), *words[words.index("--name") :]]


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
    intruder = together.intrude(f"intruder-{has_tls}", tls if has_tls else "")
    eventually(lambda: asked.log.count(REFUSED) > before, within=30, what=intruder.log)
    assert (asked.routes(), intruder.routes()) == ({"nats_2", "nats_3"}, set())


def wait_until_whole(together: Together) -> None:
    for name, member in together.members.items():
        others = {*SERVERS} - {name}
        eventually(partial(has_routes_to, member, others), within=30, what=member.log)


def has_routes_to(member: Member, others: set[str]) -> bool:
    return member.routes() == others
