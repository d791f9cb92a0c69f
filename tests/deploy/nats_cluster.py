"""Three real nats-servers with the commands of `deploy/compose.cluster.yml`, on this machine."""

import json
import re
import shlex
import subprocess
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.request import urlopen

from tests.deploy.cluster_file import SERVICES
from tests.deploy.compose_file import ROOT, with_defaults
from tests.deploy.nats_users import USERS
from tests.support.nats_server import nats_server_path, ports_of
from tests.support.ports import free_port
from tests.support.waiting import eventually

SERVERS = ("nats", "nats_2", "nats_3")


class Member:
    """A nats-server with the command of the cluster's file, at ports of this machine."""

    def __init__(self, folder: Path, command: list[str]) -> None:
        folder.mkdir(exist_ok=True)
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

    @property
    def url(self) -> str:
        return self._address("nats")

    def routes(self) -> set[str]:
        """Return the names of the servers to which it has a route."""
        with urlopen(f"{self._address('monitoring')}/routez", timeout=60) as answer:
            return {route["remote_name"] for route in json.load(answer)["routes"] or []}

    def _address(self, what: str) -> str:
        ports = eventually(lambda: ports_of(self.process, self._folder), what=self.log) or {}
        return ports[what][0]


class Together:
    """The three servers, and where they are."""

    def __init__(self, folder: Path, ends: ExitStack) -> None:
        self.folder, self._ends = folder, ends
        self.ports = {name: free_port() for name in SERVERS}
        make_certificate(folder)
        self.members = {
            name: self.start(name, command_of(name, folder, self.ports)) for name in SERVERS
        }

    def start(self, name: str, command: list[str]) -> Member:
        member = Member(self.folder / name, command)
        self._ends.callback(member.process.wait, 30)
        self._ends.callback(member.process.kill)
        return member


def make_certificate(folder: Path) -> None:
    """Do what the service `certificates` does; here the servers have an address, and no name."""
    (command,) = SERVICES["certificates"]["command"][2:]
    here = command.replace("/routes/", f"{folder}/").replace("DNS:nats,", "DNS:nats,IP:127.0.0.1,")
    subprocess.run(["sh", "-c", here], check=True, capture_output=True)
    text = (ROOT / "deploy/nats_cluster.conf").read_text()
    (folder / "cluster.conf").write_text(text.replace("/routes/", f"{folder}/"))
    (included,) = re.findall(r"^include (\S+)$", text, re.MULTILINE)
    (folder / included).write_text((ROOT / "deploy/nats.conf").read_text())


def command_of(name: str, folder: Path, ports: dict[str, int]) -> list[str]:
    """Return what compose types, with addresses of this machine, and without its store."""
    text = with_defaults(SERVICES[name]["command"]).replace(
        "0.0.0.0:6222", f"127.0.0.1:{ports[name]}"
    )
    for other, port in ports.items():
        text = text.replace(f"@{other}:6222", f"@127.0.0.1:{port}")
    words = shlex.split(text)
    assert words[:2] == ["--config", "/etc/nats/cluster.conf"]
    return ["--config", str(folder / "cluster.conf"), *words[words.index("--name") :]]


def wait_until_whole(together: Together) -> None:
    for name, member in together.members.items():
        others = {*SERVERS} - {name}
        eventually(partial(has_routes_to, member, others), within=30, what=member.log)


def has_routes_to(member: Member, others: set[str]) -> bool:
    return member.routes() == others
