"""The files of `docs/contracts`: what they should hold, and what differs from the last release."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.messaging.contracts.asyncapi import document
from apps.messaging.contracts.catalogue import page
from apps.messaging.contracts.compatibility import breaks, changes_between
from apps.messaging.contracts.declared import ContractIncomplete
from apps.messaging.contracts.declaring import Contract, ContractKind
from apps.messaging.contracts.schemas import schema_of
from apps.messaging.errors import MessageUnreadable

EXAMPLES, RELEASED = "examples", "released"

type Files = dict[str, str]
"""Path within the folder → text."""


@dataclass(frozen=True, kw_only=True)
class ContractVerdict:
    """What one change means. `hits` are the processes that the change breaks; empty if none."""

    name: str
    change: str
    hits: tuple[str, ...] = ()

    def __str__(self) -> str:
        line = f"{'BREAKING' if self.hits else 'COMPATIBLE'} {self.name}: {self.change}"
        return f"{line}; it hits {', '.join(self.hits)}" if self.hits else line


def schemas(contracts: Sequence[Contract]) -> Files:
    """Return the file of each schema."""
    return {f"{each.name}.json": _json(schema_of(each)) for each in contracts}


def expected_files(contracts: Sequence[Contract], folder: Path) -> Files:
    """Return all files that the code determines; none if there is no contract.

    Raises `ContractIncomplete`.
    """
    if not contracts:
        return {}
    examples = {each.name: _example(each, folder) for each in contracts}
    whole = {"asyncapi.json": _json(document(contracts, examples)), "README.md": page(contracts)}
    return schemas(contracts) | whole


def files_in(folder: Path) -> Files:
    """Return the files that are there, without the examples and the released schemas."""
    by_hand = (folder / EXAMPLES, folder / RELEASED)
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(path.is_relative_to(each) for each in by_hand)
    }


def write(files: Files, folder: Path) -> None:
    """Make the folder have these files, and delete others that the code once determined."""
    for name in files_in(folder).keys() - files.keys():
        (folder / name).unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def verdicts(contracts: Sequence[Contract], folder: Path) -> Iterator[ContractVerdict]:
    """Yield a verdict for each change since the schemas in `released`."""
    released = _released(folder)
    now = {each.name: each for each in contracts}
    for name in sorted({*released, *now}):
        if name not in released:
            yield ContractVerdict(name=name, change="is new")
        elif name not in now:
            yield ContractVerdict(name=name, change="is gone", hits=_users(name, released[name]))
        else:
            yield from _verdicts_of(now[name], released[name])


def _verdicts_of(contract: Contract, released: dict[str, Any]) -> Iterator[ContractVerdict]:
    new = schema_of(contract)
    for change in changes_between(released, new):
        hits = _users(contract.name, released | new) if breaks(contract.kind, change) else ()
        yield ContractVerdict(name=contract.name, change=str(change), hits=hits)


def _users(name: str, schema: dict[str, Any]) -> tuple[str, ...]:
    """Return who relies on a message: its readers, or the senders of a request.

    One that no process of ours reads is still read by others.
    """
    is_request = name.startswith(f"{ContractKind.REQUEST}/")
    return tuple(schema["x-producers" if is_request else "x-consumers"]) or ("every reader",)


def _released(folder: Path) -> dict[str, dict[str, Any]]:
    root = folder / RELEASED
    return {
        path.relative_to(root).with_suffix("").as_posix(): json.loads(path.read_text())
        for path in root.rglob("*.json")
    }


def _example(contract: Contract, folder: Path) -> Any:
    path = folder / EXAMPLES / f"{contract.name}.json"
    try:
        text = path.read_text()
        contract.payload.read(text)
    except FileNotFoundError:
        raise ContractIncomplete(
            f"{path} is missing: write one message into it, as it travels"
        ) from None
    except MessageUnreadable as error:
        raise ContractIncomplete(f"{path} is unreadable: {error}") from error
    return json.loads(text)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
