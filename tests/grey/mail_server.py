"""`python -m tests.grey.mail_server PORT FOLDER`: takes mail and appends it to FOLDER/mail.log.

It has the commands of SMTP (RFC 5321) that a client needs, and answers "insufficient storage" while
the file FOLDER/full exists. FOLDER/unheard has the Message-ID of each mail whose client was gone
before it said anything more: that client may not have heard that it was taken (RFC 1047).
"""

import asyncio
import re
import sys
from contextlib import suppress
from pathlib import Path

FULL = "full"
LOG = "mail.log"
UNHEARD = "unheard"

ANSWERS = dict.fromkeys(("EHLO", "HELO", "MAIL", "NOOP", "RCPT", "RSET"), "250 OK") | {
    "DATA": "354 End with a line that is one dot",
    "QUIT": "221 Bye",
}


class Session:
    """One client; every answer is one line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[bytes] | None = None
        self._just_taken = b""

    def answer(self, line: bytes) -> str | None:
        """Return the answer to that line; None is silence."""
        if self._lines is not None:
            return self._take(line)
        # A client sends its next command when it has heard the answer before.
        self._just_taken = b""
        verb = line.split(maxsplit=1)[0].upper().decode("ascii", "replace")
        if verb == "DATA":
            self._lines = []
        if verb == "MAIL" and (self._folder / FULL).exists():
            return "452 4.3.1 Insufficient system storage"
        return ANSWERS.get(verb, "502 5.5.1 Not known here")

    def _take(self, line: bytes) -> str | None:
        assert self._lines is not None
        if line.rstrip() != b".":
            self._lines.append(line)
            return None
        mail = b"".join(self._lines)
        with (self._folder / LOG).open("ab") as log:
            log.write(mail)
        self._lines, self._just_taken = None, mail
        return "250 OK: taken"

    def end(self) -> None:
        """The client is gone."""
        with (self._folder / UNHEARD).open("ab") as unheard:
            unheard.writelines(re.findall(rb"^Message-ID: .*\n", self._just_taken, re.MULTILINE))


def unheard_mails(folder: Path) -> list[str]:
    """Return the key of each mail that was taken, but for which a client may have heard nothing."""
    path = folder / UNHEARD
    text = path.read_text() if path.exists() else ""
    return re.findall(r"^Message-ID: <(.+)@", text, flags=re.MULTILINE)


async def serve(port: int, folder: Path) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(folder)
        writer.write(b"220 mail.example.com ESMTP\r\n")
        # A client whose patience has ended has closed its side, and an answer to it is an error.
        with suppress(ConnectionError):
            while line := await reader.readline():
                if (text := session.answer(line)) is not None:
                    writer.write(f"{text}\r\n".encode())
                if line.upper().startswith(b"QUIT"):
                    break
        session.end()
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
