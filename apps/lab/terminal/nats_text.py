"""Text as the `nats` command prints it: times, sizes, messages, columns and tables."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

NANOSECONDS = 1_000_000_000
UNLIMITED = "unlimited"
_UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": NANOSECONDS}
_UNITS |= {"m": 60 * NANOSECONDS, "h": 3600 * NANOSECONDS, "d": 86_400 * NANOSECONDS}
_PART = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(ns|us|ms|s|m|h|d)", re.ASCII)

type Rows = Iterable[tuple[str, object]]


def nanoseconds_of(text: str) -> int:
    """Read a duration such as `1s`, `250ms` or `1h30m`. Raises `ValueError`."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is no duration, such as 500ms, 30s or 1h30m")
    return round(sum(float(number) * _UNITS[unit] for number, unit in parts))


def seconds_of(text: str) -> float:
    """Read a duration as seconds. Raises `ValueError`."""
    return nanoseconds_of(text) / NANOSECONDS


def duration(nanoseconds: float) -> str:
    """Return a duration: `48ms`, `30.00s`, `2m0s`, `7d0h0m0s`."""
    if not nanoseconds:
        return "0s"
    if nanoseconds < NANOSECONDS:
        return f"{nanoseconds / 1e6:.0f}ms"
    if nanoseconds < _UNITS["m"]:
        return f"{nanoseconds / NANOSECONDS:.2f}s"
    seconds = int(nanoseconds // NANOSECONDS)
    parts: list[str] = []
    units = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))
    for unit, size in units:
        if parts or seconds >= size:
            parts.append(f"{seconds // size}{unit}")
            seconds %= size
    return "".join(parts)


def round_trip(seconds: float) -> str:
    """Return a short time as Go writes it: `662.453µs`, `1.204417ms`."""
    if not seconds:
        return "0s"
    if seconds < 0.001:
        return f"{seconds * 1e6:.3f}µs"
    return f"{seconds * 1e3:.6f}ms" if seconds < 1 else f"{seconds:.9f}s"


def size(count: int) -> str:
    """Return a number of bytes: `107 B`, `1.2 KiB`."""
    value, units = float(count), ["B", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:.0f} {units[0]}" if units[0] == "B" else f"{value:.1f} {units[0]}"


def limit(value: int, shown: str = "") -> str:
    """Return a limit, which the server writes as 0 or -1 where there is none."""
    return (shown or f"{value:,}") if value > 0 else UNLIMITED


def moment(text: str) -> datetime:
    """Read a time of the server, which has nanoseconds."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))


def day_and_time(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def ago(when: datetime) -> str:
    passed: timedelta = datetime.now(UTC) - when
    return duration(max(0.0, passed.total_seconds()) * NANOSECONDS)


def clock() -> str:
    """Return the present time of a line, `02:27:23`."""
    return f"{datetime.now(UTC):%H:%M:%S}"


def text_of(body: bytes) -> str:
    return body.decode(errors="backslashreplace") or "nil body"


def as_json(answer: Mapping[str, Any]) -> str:
    """Return an answer of the API without what belongs to the call and not to what it found."""
    of_the_call = ("type", "total", "offset", "limit")
    return json.dumps({name: answer[name] for name in answer if name not in of_the_call}, indent=2)


def header_lines(headers: Mapping[str, str], indent: str = "") -> list[str]:
    return [f"{indent}{name}: {value}" for name, value in headers.items()]


def body_lines(headers: Mapping[str, str], body: bytes) -> list[str]:
    """Return headers and body of a message on core NATS; two empty lines follow it."""
    above = [*header_lines(headers), ""] if headers else []
    return [*above, text_of(body), "", ""]


def api_level(metadata: Mapping[str, str]) -> Rows:
    """Return which server holds a stream or a consumer, and which API level that needs."""
    if "_nats.ver" not in metadata:
        return []
    needs, has = metadata.get("_nats.req.level", "0"), metadata.get("_nats.level", "0")
    return [
        ("Host Version", metadata["_nats.ver"]),
        ("Required API Level", f"{needs} hosted at level {has}"),
    ]


def columns(title: str, parts: Sequence[tuple[str, Rows]]) -> list[str]:
    """Return a heading and `name: value` rows, with the names to the right, in named parts."""
    parts = [(name, list(rows)) for name, rows in parts]
    width = 2 + max(len(label) for _, rows in parts for label, _ in rows)
    lines = [title]
    for name, rows in parts:
        lines += ["", f"{name}:", ""] if name else [""]
        lines += [f"{label:>{width}}: {value}" for label, value in rows]
    return lines


def boxed(
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    total: Sequence[object] = (),
) -> list[str]:
    """Return a table with lines around its cells; a total stands below one more line."""
    cells = [[str(value) for value in row] for row in (*rows, *([total] if total else []))]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    inside = max(sum(widths) + 3 * len(widths) - 1, len(title) + 2)
    widths[-1] = inside + 1 - 3 * len(widths) - sum(widths[:-1])

    def line(texts: Sequence[str]) -> str:
        padded = (f" {text:<{width}} " for text, width in zip(texts, widths, strict=True))
        return f"│{'│'.join(padded)}│"

    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join("─" * (width + 2) for width in widths) + right

    return [
        f"╭{'─' * inside}╮",
        f"│{title:^{inside}}│",
        rule("├", "┬", "┤"),
        line(headings),
        rule("├", "┼", "┤"),
        *map(line, cells[: len(rows)]),
        *([rule("├", "┼", "┤"), line(cells[-1])] if total else []),
        rule("╰", "┴", "╯"),
    ]
