"""SQS for tests: moto's real server on a free port, ended by its process id."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.certificates import Certificate
from tests.support.ports import free_port
from tests.support.python import Program
from tests.support.waiting import at_most, crowding

START_SECONDS = 30.0
LOOK_EVERY_SECONDS = 0.1
MAIN = "import sys; from moto.server import main; main(sys.argv[1:])"


@dataclass(kw_only=True)
class MotoServer:
    """It keeps its port when it is started again, and forgets everything else."""

    port: int = field(default_factory=free_port)
    certificate: Certificate | None = None
    program: Path | None = None
    """`moto_server` of another environment, which has more of moto than ours."""
    process: "Program | subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start, and wait until it answers."""
        if self.is_running:
            return
        options = ["-H", "127.0.0.1", "-p", str(self.port)]
        if self.certificate:
            options += ["-c", str(self.certificate.file), "-k", str(self.certificate.key)]
        self.process = self._started(options)
        began = time.monotonic()
        while not self._answers():
            assert self.process.poll() is None, "moto_server ended by itself"
            waited = time.monotonic() - began
            assert waited < START_SECONDS * crowding(), "moto_server does not answer"
            time.sleep(LOOK_EVERY_SECONDS)

    def _started(self, options: list[str]) -> "Program | subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        if self.program:
            return subprocess.Popen([str(self.program), *options], stdout=quiet, stderr=quiet)
        with Path(os.devnull).open("w") as nowhere:
            outputs = (nowhere.fileno(), nowhere.fileno())
            return Program("-c", MAIN, *options, env=os.environ, outputs=outputs)

    def forget(self) -> None:
        """Drop every queue, as a restart does, only quicker."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        with urllib.request.urlopen(request, timeout=10 * crowding()) as response:
            response.read()

    def load(self, service: str, operation: str) -> None:
        """Have it load what it needs for a service, which takes longer than a test's call may.

        The operation has no parameters, and the prefix of the service's API.
        """
        signed = f"AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/{service}/aws4_request"
        request = urllib.request.Request(
            self.url,
            data=b"{}",
            headers={
                "Authorization": f"{signed}, SignedHeaders=host, Signature=0",
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": operation,
            },
        )
        urllib.request.urlopen(request, timeout=START_SECONDS * crowding()).close()

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _answers(self) -> bool:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if self.certificate:
                # The tests check TLS; here an open port is enough.
                socket.create_connection(("127.0.0.1", self.port), timeout=at_most(5)).close()
                return True
            urllib.request.urlopen(f"{self.url}/moto-api/data.json", timeout=at_most(5)).close()
            return True
        return False

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START_SECONDS)
            self.process = None
