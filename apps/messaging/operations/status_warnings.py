"""Warnings of the status: all parts work, but a person must act so that they go on."""

from typing import Any

NEARLY_FULL = 0.7
"""The share of a stream's bytes; a full stream rejects events, which then wait in the outbox."""


def warnings(status: dict[str, Any]) -> list[str]:
    """Return one line for each warning, with the remedy."""
    return [
        *_of_streams(status["streams"]),
        *_of_consumers(status["consumers"]),
        *_of_outbox(status["outbox"]),
        *_of_parts(status["parts"]),
    ]


def _of_streams(streams: list[dict[str, Any]]) -> list[str]:
    lines = []
    for stream in streams:
        filled = stream.get("filled") or 0.0
        if filled >= NEARLY_FULL and not stream["discards_oldest"]:
            lines.append(
                f"stream {stream['name']} is {filled:.0%} full, and rejects events when it is:"
                " raise its max_bytes, or lower its max_age, and run manage.py provision"
            )
        if lost := stream.get("lost"):
            lines.append(
                f"stream {stream['name']} has lost {lost:,} events:"
                " manage.py outbox resend --missing"
            )
    return lines


def _of_consumers(consumers: list[dict[str, Any]]) -> list[str]:
    return [
        f"consumer {each['name']} is paused at the server, and gets no event:"
        f" nats consumer resume {each['stream']} {each['name']}"
        for each in consumers
        if each.get("paused")
    ]


def _of_outbox(outbox: dict[str, Any] | None) -> list[str]:
    if outbox is None:
        return []
    lines = [
        f"{each['destination']} accepts no message, {each['rows']:,} rows wait:"
        " manage.py outbox list"
        for each in outbox["held"]
    ]
    if kept := outbox["kept"]:
        durables = ", ".join(outbox["kept_for"]) or "a durable"
        lines.append(
            f"{kept:,} events of more than a day ago are kept for {durables}: start this consumer;"
            " those of more than a week ago then need manage.py outbox resend --missing"
        )
    return lines


def _of_parts(parts: dict[str, dict[str, float]]) -> list[str]:
    """Warn of parts with `late` items, which have waited for longer than they should."""
    late = {name: figures.get("late", 0) for name, figures in parts.items()}
    return [f"{count:,.0f} {name} wait for too long" for name, count in late.items() if count]
