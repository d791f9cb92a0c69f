"""Dead letters by cause: those with one consumer, one error and one place in our code.

An outage buries many messages for one reason. So staff decide about a cause, and not about each.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from apps.messaging.handling import dead_letters
from apps.messaging.models import DeadLetter

AT_MOST = 5_000
"""Dead letters that are grouped, the newest ones: each is read with its traceback."""

_FRAME = re.compile(r'^  File "(.+)", line (\d+), in (.+)$', re.MULTILINE)
_ERROR = re.compile(r"^(?=[A-Za-z_])(\S.*)$", re.MULTILINE)
_VARIABLE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|'[^']*'|\"[^\"]*\"|\d+"
)
"""Parts of an error that differ from message to message: ids, quoted values, numbers."""


@dataclass(kw_only=True)
class Cause:
    """A cause, and its letters: `first` and `last` are when the first and the last one died."""

    consumer: str
    error: str
    place: str
    first: datetime
    last: datetime
    ids: list[int] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Return its identity, as short as an address may have it."""
        whole = "\n".join((self.consumer, _VARIABLE.sub("…", self.error), self.place))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


def causes() -> list[Cause]:
    """Return the causes of what is dead now, those with the most letters first."""
    found: dict[str, Cause] = {}
    for id, cause in _each():
        known = found.setdefault(cause.digest, cause)
        known.ids.append(id)
        known.first = min(known.first, cause.first)
    return sorted(found.values(), key=lambda cause: -len(cause.ids))


def ids_of(digest: str) -> list[int]:
    """Return the dead letters of a cause, the first that died first; none if it has none."""
    return sorted(id for id, cause in _each() if cause.digest == digest)


def _each() -> Iterator[tuple[int, Cause]]:
    """Yield the number of each dead letter and its cause, the last that died first."""
    dead = dead_letters.find(state=DeadLetter.State.DEAD)
    wanted = dead.values_list("id", "consumer", "reason", "traceback", "died_at")
    for id, consumer, reason, traceback, died_at in wanted[:AT_MOST].iterator():
        error = _ERROR.findall(traceback)[-1:] or [reason]
        yield (
            id,
            Cause(
                consumer=consumer,
                error=error[0],
                place=_place_in(traceback),
                first=died_at,
                last=died_at,
            ),
        )


def _place_in(traceback: str) -> str:
    """Return our own line that is nearest to the error, as `apps/tea/pot.py:12 in brew`."""
    ours = [
        f"{path.removeprefix(f'{settings.BASE_DIR}/')}:{line} in {function}"
        for path, line, function in _FRAME.findall(traceback)
        if path.startswith(f"{settings.BASE_DIR}/") and "/site-packages/" not in path
    ]
    return ours[-1] if ours else ""
