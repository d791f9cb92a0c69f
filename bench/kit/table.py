"""A figure as a Markdown table, for the terminal and for `docs/performance.md`."""

from typing import Any

from bench.kit.results import Results

_HEAD = "| measured | reaches | beside | ratio |\n|---|---|---|---|"


def of(figure: Results) -> str:
    """Return the table of one figure: medians, and in brackets the smallest and the largest."""
    return "\n".join([_HEAD, *(_line(row) for row in figure["rows"])])


def _line(row: dict[str, Any]) -> str:
    value = row["value"]
    reached = f"{number(value['median'])} {row['unit']}" if value else "nothing in time"
    return f"| {row['title']} | {reached} | {row['against'] or '-'} | {ratio_of(row)} |"


def ratio_of(row: dict[str, Any]) -> str:
    """Return the ratio as text; a dash if one of the two has no figure."""
    ratio = row["ratio"]
    if not ratio:
        return "-"
    return spread(ratio)


def spread(found: dict[str, float]) -> str:
    """Return the median, and in brackets the smallest and the largest."""
    return f"{number(found['median'])} ({number(found['low'])}-{number(found['high'])})"


def number(value: float) -> str:
    """Return three digits, without an exponent."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"
