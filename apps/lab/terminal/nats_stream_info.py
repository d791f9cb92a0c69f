"""What `nats stream info` prints of a stream."""

from datetime import datetime
from typing import Any

from apps.lab.terminal.nats_text import (
    UNLIMITED,
    Rows,
    api_level,
    columns,
    day_and_time,
    duration,
    limit,
    moment,
    size,
)
from apps.lab.terminal.tool import Screen


def show_stream(found: dict[str, Any], screen: Screen) -> None:
    """Print a stream's configuration and state as `nats stream info` does."""
    config, state = found["config"], found["state"]
    title = (
        f"Information for Stream {config['name']} created {day_and_time(moment(found['created']))}"
    )
    parts = [
        ("", _what(config)),
        ("Options", _options(config)),
        ("Limits", _limits(config)),
        ("State", [*api_level(config.get("metadata", {})), *_state(state)]),
    ]
    for line in columns(title, parts):
        screen.say(line)


def _what(config: dict[str, Any]) -> Rows:
    described = [("Description", config["description"])] if config.get("description") else []
    return [
        *described,
        ("Subjects", ", ".join(config.get("subjects", []))),
        ("Replicas", config["num_replicas"]),
        ("Storage", config["storage"].title()),
    ]


def _options(config: dict[str, Any]) -> Rows:
    def allows(label: str, name: str) -> tuple[str, str]:
        return label, _yes(config.get(name))

    return [
        ("Retention", config["retention"].title()),
        ("Acknowledgments", _yes(not config.get("no_ack"))),
        ("Discard Policy", config["discard"].title()),
        ("Duplicate Window", duration(config["duplicate_window"])),
        allows("Direct Get", "allow_direct"),
        allows("Allows Atomic Batch Publish", "allow_atomic"),
        allows("Allows Fast Batch Publish", "allow_batched"),
        allows("Allows Counters", "allow_msg_counter"),
        ("Allows Msg Delete", _yes(not config.get("deny_delete"))),
        allows("Allows Per-Message TTL", "allow_msg_ttl"),
        ("Allows Purge", _yes(not config.get("deny_purge"))),
        allows("Allows Schedules", "allow_msg_schedules"),
        allows("Allows Rollups", "allow_rollup_hdrs"),
    ]


def _limits(config: dict[str, Any]) -> Rows:
    return [
        ("Maximum Messages", limit(config["max_msgs"])),
        ("Maximum Per Subject", limit(config.get("max_msgs_per_subject", -1))),
        ("Maximum Bytes", limit(config["max_bytes"], size(config["max_bytes"]))),
        ("Maximum Age", duration(config["max_age"]) if config["max_age"] else UNLIMITED),
        ("Maximum Message Size", limit(config["max_msg_size"])),
        ("Maximum Consumers", limit(config["max_consumers"])),
    ]


def _state(state: dict[str, Any]) -> Rows:
    def at(sequence: int, when: datetime) -> str:
        return f"{sequence:,} @ {day_and_time(when)}" if state["messages"] else f"{sequence:,}"

    subjects = state.get("num_subjects")
    return [
        ("Messages", f"{state['messages']:,}"),
        ("Bytes", size(state["bytes"])),
        ("First Sequence", at(state["first_seq"], moment(state["first_ts"]))),
        ("Last Sequence", at(state["last_seq"], moment(state["last_ts"]))),
        ("Active Consumers", state["consumer_count"]),
        *([("Number of Subjects", subjects)] if subjects else []),
    ]


def _yes(value: object) -> str:
    return "true" if value else "false"
