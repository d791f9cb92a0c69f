"""Production on this machine: the settings of `.env.example`, TLS everywhere, and a role at AWS."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from tests.deploy.postgresql_shop import APP, OWNER, PICTURES, ROLES, WORKERS
from tests.deploy.production_page import type_line, typed_line
from tests.deploy.role import role
from tests.failures.cluster import cluster
from tests.support.certificates import Authority
from tests.support.env_example import EXAMPLE
from tests.support.moto_server import MotoServer
from tests.support.ports import free_port
from tests.support.postgresql import postgresql
from tests.support.processes import ROOT
from tests.support.smtp_by_tls import MailServer, mail_server
from tests.support.waiting import crowding, eventually

if TYPE_CHECKING:
    from types_boto3_s3.literals import BucketLocationConstraintType

PASSWORD = "pw"
ROLE_OF = {
    "web": APP,
    "provision": APP,
    "migrate": OWNER,
    "image_resizer": PICTURES,
    "preview_resizer": PICTURES,
}
"""Service → its role at PostgreSQL; all others are workers."""


class Production:
    """All servers, and commands and processes that have the environment of a service."""

    def __init__(self, folder: Path, servers: ExitStack) -> None:
        authority = Authority(folder / "tls")
        server = authority.issue("server")
        port = servers.enter_context(postgresql(server))
        aws = MotoServer(certificate=server)
        aws.start()
        servers.callback(aws.stop)
        self.mail_server: MailServer = servers.enter_context(mail_server(server))
        nodes = servers.enter_context(cluster(folder, more=users_by_tls(authority)))
        self.nats = [*nodes.values()]
        self.role = servers.enter_context(role())
        self.web_port = free_port()
        self._aws = aws
        self._processes = servers
        self._verified = f"?sslmode=verify-full&sslrootcert={authority.file}"
        self._port, self._said = port, ""
        self._environment = {
            **EXAMPLE,
            "PATH": os.environ["PATH"],
            "SECRET_KEY": secrets.token_urlsafe(50),
            "NATS_CA_FILE": str(authority.file),
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_CA_BUNDLE": str(authority.file),
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": self.role.url,
            "CELERY_QUEUE_URL": f"{aws.url}/123456789012/celery",
            "SQS_WAIT_SECONDS": "1",
            "EMAIL_URL": f"smtp+tls://shop:pw@127.0.0.1:{self.mail_server.port}",
            "SSL_CERT_FILE": str(authority.file),
            "STATIC_ROOT": str(folder / "static"),
            "HOME": str(folder),
        }

    def database_url(self, role: str, database: str = "shop") -> str:
        return f"postgres://{role}@127.0.0.1:{self._port}/{database}{self._verified}"

    def make_ready(self) -> None:
        """Type the lines of docs/production.md that make roles, tables, rights and streams."""
        words = {role.removeprefix("shop_").upper(): f"of-{role}" for role in ROLES}
        admin = {"ADMIN_URL": self.database_url("postgres", "postgres"), **words}
        type_line("psql -v", self._environment | admin)
        owner = {"OWNER_URL": self.database_url(OWNER)}
        type_line("manage.py migrate", self.environment_of("migrate"))
        type_line("psql -f", self._environment | owner)
        eventually(self._is_provisioned, within=30, what=lambda: self._said)

    def _is_provisioned(self) -> bool:
        """The three servers of NATS must have elected a leader first."""
        done = typed_line("manage.py provision", self.environment_of("provision"))
        self._said = done.stderr
        return done.returncode == 0

    def environment_of(self, service: str, **more: str) -> dict[str, str]:
        """Return the variables of a service, which is also its user at NATS."""
        hosts = [each.url.removeprefix("nats://") for each in self.nats]
        first, *others = (f"tls://{host}" for host in hosts)
        is_user = f"user: {service}," in users()
        user = first.replace("://", f"://{service}:{PASSWORD}@") if is_user else first
        return self._environment | {
            "DATABASE_URL": self.database_url(ROLE_OF.get(service, WORKERS)),
            "NATS_URL": ",".join([user, *others]),
            "NATS_INBOX_PREFIX": f"_INBOX_{service}",
            **more,
        }

    def make_bucket(self) -> None:
        """Make the bucket of the pictures, as deploy/ does in an account."""
        s3 = boto3.client(
            "s3",
            endpoint_url=self._aws.url,
            region_name=EXAMPLE["AWS_DEFAULT_REGION"],
            verify=self._environment["AWS_CA_BUNDLE"],
            aws_access_key_id="maker",
            aws_secret_access_key="maker",
        )
        here: BucketLocationConstraintType = "eu-west-2"
        s3.create_bucket(
            Bucket=EXAMPLE["MEDIA_BUCKET"],
            CreateBucketConfiguration={"LocationConstraint": here},
        )

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment_of("web"),
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, service: str, *command: str) -> None:
        """Start a process, which ends with this production."""
        pages = {} if service == "web" else {"PAGES": "false", "SECRET_KEY": ""}
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.environment_of(service, **pages)
        )
        self._processes.callback(process.wait, 15 * crowding())
        self._processes.callback(process.terminate)


@contextmanager
def production(folder: Path) -> Iterator[Production]:
    """Start the servers; end them, and all that was started beside them."""
    with ExitStack() as servers:
        yield Production(folder, servers)


@cache
def users() -> str:
    """Return the users of a server in production."""
    return type_line("sed", os.environ)


def passwords() -> list[str]:
    """Return the variables that a server with these users needs."""
    return re.findall(r"\$(NATS_PASSWORD_\w+)", users())


def users_by_tls(authority: Authority) -> str:
    """Return these users, for servers with a certificate."""
    file, key = authority.issue("nats")
    named = users().replace("server_name: shop\n", "")
    return f'{named}\ntls {{ cert_file: "{file}", key_file: "{key}" }}\n'
