"""`nats consumer info`, `ls` and `report`: how far each consumer has come."""

import json
from typing import Any

from apps.lab.terminal.nats_text import (
    Rows,
    ago,
    boxed,
    columns,
    day_and_time,
    duration,
    limit,
    moment,
)
from apps.lab.terminal.tool import LineValues, Screen
from apps.messaging.by_hand.nats_at_terminal import by_hand


async def info(given: LineValues, screen: Screen) -> None:
    async with by_hand() as nats:
        found = await nats.api(f"CONSUMER.INFO.{given['stream']}.{given['consumer']}")
    if given["json"]:
        screen.say(json.dumps(found, indent=2))
        return
    show_consumer(found, screen)


async def list_all(given: LineValues, screen: Screen) -> None:
    consumers = await _all_of(given["stream"])
    if given["names"]:
        for each in consumers:
            screen.say(each["name"])
        return
    rows = [
        [
            each["name"],
            each["config"].get("description", ""),
            day_and_time(moment(each["created"])),
            f"{each['num_ack_pending']:,}",
            f"{each['num_pending']:,}",
            _last(each["delivered"]) or "never",
        ]
        for each in consumers
    ]
    headings = ["Name", "Description", "Created", "Ack Pending", "Unprocessed", "Last Delivery"]
    for line in [*boxed("Consumers", headings, rows), ""]:
        screen.say(line)


async def report_all(given: LineValues, screen: Screen) -> None:
    """Print how far each consumer of a stream has come."""
    stream = given["stream"]
    consumers = await _all_of(stream)
    rows = [
        [
            each["name"],
            "Push" if each["config"].get("deliver_subject") else "Pull",
            each["config"]["ack_policy"].title(),
            duration(each["config"].get("ack_wait", 0)),
            f"{each['num_ack_pending']:,}",
            f"{each['num_redelivered']:,}",
            f"{each['num_pending']:,}",
            f"{each['ack_floor']['stream_seq']:,}",
        ]
        for each in consumers
    ]
    headings = ["Consumer", "Mode", "Ack Policy", "Ack Wait", "Ack Pending", "Redelivered"]
    headings += ["Unprocessed", "Ack Floor"]
    title = f"Consumer report for {stream} with {len(consumers)} consumers"
    for line in [*boxed(title, headings, rows), ""]:
        screen.say(line)


async def _all_of(stream: str) -> list[dict[str, Any]]:
    async with by_hand() as nats:
        consumers = (await nats.api(f"CONSUMER.LIST.{stream}")).get("consumers") or []
    return sorted(consumers, key=lambda each: str(each["name"]))


def show_consumer(found: dict[str, Any], screen: Screen) -> None:
    """Print a consumer's configuration and state as `nats consumer info` does."""
    created = day_and_time(moment(found["created"]))
    title = f"Information for Consumer {found['stream_name']} > {found['name']} created {created}"
    for line in columns(title, [("Configuration", _configured(found)), ("State", _state(found))]):
        screen.say(line)


def _configured(found: dict[str, Any]) -> Rows:
    config = found["config"]
    filters = config.get("filter_subjects") or [config.get("filter_subject")]
    return [
        ("Name", found["name"]),
        ("Pull Mode", "false" if config.get("deliver_subject") else "true"),
        *([("Filter Subjects", ", ".join(filters))] if any(filters) else []),
        ("Deliver Policy", config["deliver_policy"].replace("_", " ").title()),
        ("Ack Policy", config["ack_policy"].title()),
        ("Ack Wait", duration(config.get("ack_wait", 0))),
        ("Replay Policy", config["replay_policy"].title()),
        *([("Maximum Deliveries", config["max_deliver"])] if config["max_deliver"] > 0 else []),
        ("Max Ack Pending", limit(config.get("max_ack_pending", 0))),
        ("Max Waiting Pulls", limit(config.get("max_waiting", 0))),
    ]


def _state(found: dict[str, Any]) -> Rows:
    config, delivered, floor = found["config"], found["delivered"], found["ack_floor"]
    most = limit(config.get("max_ack_pending", 0))
    return [
        ("Last Delivered Message", _sequences(delivered, "Last delivery")),
        ("Acknowledgment Floor", _sequences(floor, "Last Ack")),
        ("Outstanding Acks", f"{found['num_ack_pending']:,} out of maximum {most}"),
        ("Redelivered Messages", f"{found['num_redelivered']:,}"),
        ("Unprocessed Messages", f"{found['num_pending']:,}"),
        ("Waiting Pulls", f"{found['num_waiting']:,} of maximum {config.get('max_waiting', 0):,}"),
    ]


def _sequences(place: dict[str, Any], label: str) -> str:
    text = f"Consumer sequence: {place['consumer_seq']:,} Stream sequence: {place['stream_seq']:,}"
    return f"{text} {label}: {_last(place)} ago" if _last(place) else text


def _last(place: dict[str, Any]) -> str:
    """Return how long ago a consumer last came on; empty if it never did."""
    return ago(moment(place["last_active"])) if place.get("last_active") else ""
