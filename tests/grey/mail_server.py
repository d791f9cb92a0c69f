"""`python -m tests.grey.mail_server PORT FOLDER`: takes mail and appends it to FOLDER/mail.log.

It has the commands of SMTP (RFC 5321) that a client needs, and answers "insufficient storage" while
the file FOLDER/full exists.
"""

import asyncio
import sys
from pathlib import Path

FULL = "full"
LOG = "mail.log"

ANSWERS = dict.fromkeys(("EHLO", "HELO", "MAIL", "NOOP", "RCPT", "RSET"), "250 OK") | {
    "DATA": "354 End with a line that is one dot",
    "QUIT": "221 Bye",
}


class Session:
    """One client; every answer is one line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: list[bytes] | None = None

    def answer(self, line: bytes) -> str | None:
        """Return the answer to that line; None is silence."""
        if self._lines is not None:
            return self._take(line)
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
        with (self._folder / LOG).open("ab") as log:
            log.write(b"".join(self._lines))
        self._lines = None
        return "250 OK: taken"


async def serve(port: int, folder: Path) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(folder)
        writer.write(b"220 mail.example.com ESMTP\r\n")
        while line := await reader.readline():
            if (text := session.answer(line)) is not None:
                writer.write(f"{text}\r\n".encode())
            if line.upper().startswith(b"QUIT"):
                break
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
