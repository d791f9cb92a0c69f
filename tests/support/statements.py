"""The statements of a function: an order waits for each of them."""

from collections.abc import Callable
from typing import Any

from django.db import connection


def statements_of(act: Callable[[], object]) -> list[str]:
    """Do it, and return the first word of each statement, savepoints too; no BEGIN and COMMIT."""
    found: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(sql.split(maxsplit=1)[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return [each for each in found if each not in {"BEGIN", "COMMIT"}]
