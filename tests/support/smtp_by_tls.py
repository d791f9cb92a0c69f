"""A mail server with as much of SMTP as TLS and a sign-in need; it records what it receives."""

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.support.certificates import Certificate

ANSWERS = {
    b"AUTH": b"235 welcome",
    b"DATA": b"354 go on",
    b"MAIL": b"250 yes",
    b"QUIT": b"221 bye",
    b"RCPT": b"250 yes",
}


class MailServer(socketserver.ThreadingTCPServer):
    """`received` is each line with whether it came by TLS; without a certificate it offers no TLS.

    `answers` has the answer to each command, to its first two words or to the whole line, which a
    test may change;
    `taken` are the mails. `before_answer` is called with what it answers, the greeting with b"".
    """

    daemon_threads = True

    def __init__(self, certificate: Certificate | None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.received: list[tuple[bool, bytes]] = []
        self.answers = dict(ANSWERS)
        self.taken: list[bytes] = []
        self.ways_to_sign_in = b"PLAIN"
        self.before_answer: Callable[[bytes], object] = bytes
        self.context: ssl.SSLContext | None = None
        if certificate:
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(certificate.file, certificate.key)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.BaseRequestHandler):
    server: MailServer

    def handle(self) -> None:
        with suppress(OSError):  # A client that does not trust us hangs up.
            self._answer(self.request, b"", b"220 mail.example.com ESMTP")
            self._converse(self.request, is_secure=False)

    def _converse(self, connection: Any, *, is_secure: bool) -> None:
        in_body, body = False, b""
        with connection.makefile("rb") as lines:
            for line in lines:
                self.server.received.append((is_secure, line.strip()))
                word = line[:4].upper()
                if in_body:
                    in_body = line != b".\r\n"
                    body += line
                    if not in_body:
                        self.server.taken.append(body)
                        self._answer(connection, line, b"250 taken")
                elif word == b"STAR" and self.server.context:
                    self._answer(connection, line, b"220 go on")
                    secured = self.server.context.wrap_socket(connection, server_side=True)
                    self._converse(secured, is_secure=True)
                    return
                elif word == b"EHLO":
                    self._answer(connection, line, self._what_we_can(is_secure=is_secure))
                else:
                    by_word = self.server.answers.get(word, b"502 no")
                    by_two_words = self.server.answers.get(b" ".join(line.split()[:2]), by_word)
                    answer = self.server.answers.get(line.strip(), by_two_words)
                    in_body, body = answer.startswith(b"354"), b""
                    self._answer(connection, line, answer)

    def _answer(self, connection: Any, said: bytes, answer: bytes) -> None:
        self.server.before_answer(said.strip())
        connection.sendall(answer + b"\r\n")

    def _what_we_can(self, *, is_secure: bool) -> bytes:
        offers_tls = self.server.context is not None and not is_secure
        return (
            b"250-mail.example.com\r\n"
            + (b"250-STARTTLS\r\n" * offers_tls)
            + b"250 AUTH "
            + self.server.ways_to_sign_in
        )


@contextmanager
def mail_server(certificate: Certificate | None) -> Iterator[MailServer]:
    with MailServer(certificate) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
