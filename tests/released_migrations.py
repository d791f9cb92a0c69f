"""`python -m tests.released_migrations` adds each new migration, with its digest, to the list.

A database that ran a migration never runs it again: what a release has shipped stays as it is, and
a correction is a migration of its own.
"""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_suffix(".txt")


def released() -> dict[str, str]:
    """Return path → digest of each released migration, of the apps that are still there."""
    lines = [line.split() for line in LIST.read_text().splitlines()]
    return {path: digest for digest, path in lines if (ROOT / path).parents[1].exists()}


def present() -> dict[str, str]:
    """Return path → digest of each migration of this checkout."""
    files = sorted(ROOT.glob("apps/*/migrations/[0-9]*.py"))
    return {file.relative_to(ROOT).as_posix(): digest_of(file.read_text()) for file in files}


def digest_of(text: str) -> str:
    """Return the SHA-256 of the text, whatever ends its lines."""
    lines = [line.rstrip() for line in text.splitlines()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def main() -> None:
    known = {line.split()[1] for line in LIST.read_text().splitlines()}
    new = {path: digest for path, digest in present().items() if path not in known}
    with LIST.open("a") as file:
        file.writelines(f"{digest}  {path}\n" for path, digest in new.items())
    sys.stdout.writelines(f"{path}\n" for path in new)


if __name__ == "__main__":
    main()
