"""A PostgreSQL server of our own from Debian's packages, thrown away after the tests."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.certificates import Authority, Certificate
from tests.support.ports import free_port
from tests.support.waiting import at_most

HOST = "127.0.0.1"
# Nothing here survives the tests, so nothing needs to be safe on disk.
_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
# A test of plans makes its statistics itself, and not at a moment of the server's own.
_STEADY = ("autovacuum=off",)


@contextmanager
def postgresql(
    certificate: Certificate | None = None,
    *,
    clients_of: Authority | None = None,
    address: str = HOST,
    there: Sequence[str] = (),
) -> Iterator[int]:
    """Start a server and yield its port on 127.0.0.1; user `postgres`, no password.

    With a certificate it offers TLS; with an authority it accepts only clients with a certificate
    of it. It may run at another address, in a network namespace: then the words before its command
    are `ip netns exec NAME`.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="shop-postgresql-"))
    # PostgreSQL refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    initdb = [*as_user, str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres"]
    initdb += ["--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(initdb, cwd=folder, check=True, capture_output=True)
    with (data / "pg_hba.conf").open("a") as access:
        access.write(f"host all postgres {address}/24 trust\n")
    settings = [*_UNSAFE, *_STEADY, *_tls(certificate, folder), *_clients(clients_of, folder)]
    options = [word for setting in settings for word in ("-c", setting)]
    postgres = [*there, *as_user, str(programs / "postgres"), "-D", str(data), "-k", str(folder)]
    postgres += ["-h", address, "-p", str(port), *options]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(postgres, cwd=folder, stdout=quiet, stderr=quiet)
    try:
        ask = [*there, str(programs / "pg_isready"), "-q", "-h", address, "-p", str(port)]
        _wait_until_it_answers(ask, server)
        yield port
    finally:
        # Not the process that we started: that may be runuser.
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
        # A test that stops PostgreSQL stops runuser too, which does as its child does.
        server.send_signal(signal.SIGCONT)
        server.wait(at_most(10))
        shutil.rmtree(folder, ignore_errors=True)


def _tls(certificate: Certificate | None, folder: Path) -> list[str]:
    """Copy the files: PostgreSQL takes a key only that its own user owns."""
    if certificate is None:
        return []
    file, key = (_given(each, folder) for each in certificate)
    return ["ssl=on", f"ssl_cert_file={file}", f"ssl_key_file={key}"]


def _clients(authority: Authority | None, folder: Path) -> list[str]:
    if authority is None:
        return []
    rules = folder / "pg_hba.conf"
    rules.write_text("hostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n")
    return [f"hba_file={rules}", f"ssl_ca_file={_given(authority.file, folder)}"]


def _given(file: Path, folder: Path) -> Path:
    shutil.copy2(file, folder)
    if os.getuid() == 0:
        shutil.chown(folder / file.name, "postgres")
    return folder / file.name


def make_database(port: int, name: str, *, address: str = HOST) -> str:
    """Make an empty database on that server; return it as `DATABASE_URL` names it."""
    with psycopg.connect(host=address, port=port, user="postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"postgres://postgres@{address}:{port}/{name}"


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs."""
    return str(_programs() / name)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if found:
        return found[-1]
    if initdb := shutil.which("initdb"):
        return Path(initdb).parent
    raise RuntimeError("PostgreSQL's programs are not installed: apt-get install postgresql")


def _wait_until_it_answers(ask: Sequence[str], server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + at_most(20)
    while subprocess.run(ask, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start")
