"""`nats consumer info`, `ls` and `report`: how far each consumer has come."""

from typing import Any

from apps.lab.terminal.nats_missing import selecting
from apps.lab.terminal.nats_text import (
    Rows,
    ago,
    api_level,
    as_json,
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
    stream, consumer = given["stream"], given["consumer"]
    async with by_hand() as nats:
        with selecting(stream, consumer):
            found = await nats.api(f"CONSUMER.INFO.{stream}.{consumer}")
    if given["json"]:
        screen.say(as_json(found))
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
    async with by_hand() as nats:
        stored = (await nats.api(f"STREAM.INFO.{stream}"))["state"]["messages"]
    rows = [
        [
            each["name"],
            "Push" if each["config"].get("deliver_subject") else "Pull",
            each["config"]["ack_policy"].title(),
            duration(each["config"].get("ack_wait", 0)),
            f"{each['num_ack_pending']:,}",
            f"{each['num_redelivered']:,}",
            _share(each["num_pending"], of=stored),
            f"{each['ack_floor']['stream_seq']:,}",
            each["config"].get("metadata", {}).get("_nats.req.level", ""),
            (each.get("cluster") or {}).get("name", ""),
        ]
        for each in consumers
    ]
    headings = ["Consumer", "Mode", "Ack Policy", "Ack Wait", "Ack Pending", "Redelivered"]
    headings += ["Unprocessed", "Ack Floor", "API Level", "Cluster"]
    title = f"Consumer report for {stream} with {len(consumers)} consumers"
    for line in [*boxed(title, headings, rows), ""]:
        screen.say(line)


def _share(unprocessed: int, *, of: int) -> str:
    if not unprocessed or not of:
        return f"{unprocessed:,}"
    return f"{unprocessed:,} / {100 * unprocessed // of}%"


async def _all_of(stream: str) -> list[dict[str, Any]]:
    async with by_hand() as nats:
        with selecting(stream):
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
    several, acks = config.get("filter_subjects"), config["ack_policy"] != "none"
    one = config.get("filter_subject")
    most = config["max_deliver"]
    return [
        ("Name", found["name"]),
        ("Pull Mode", "false" if config.get("deliver_subject") else "true"),
        *([("Filter Subjects", ", ".join(several))] if several else []),
        *([("Filter Subject", one)] if one else []),
        ("Deliver Policy", config["deliver_policy"].replace("_", " ").title()),
        ("Ack Policy", config["ack_policy"].title()),
        *([("Ack Wait", duration(config.get("ack_wait", 0)))] if acks else []),
        ("Replay Policy", config["replay_policy"].title()),
        *([("Maximum Deliveries", most)] if most > 0 else []),
        *([("Max Ack Pending", limit(config.get("max_ack_pending", 0)))] if acks else []),
        ("Max Waiting Pulls", limit(config.get("max_waiting", 0))),
    ]


def _state(found: dict[str, Any]) -> Rows:
    config, delivered, floor = found["config"], found["delivered"], found["ack_floor"]
    most = limit(config.get("max_ack_pending", 0))
    of_acks = [
        ("Acknowledgment Floor", _sequences(floor, "Last Ack")),
        ("Outstanding Acks", f"{found['num_ack_pending']:,} out of maximum {most}"),
        ("Redelivered Messages", f"{found['num_redelivered']:,}"),
    ]
    return [
        *api_level(config.get("metadata", {})),
        ("Last Delivered Message", _sequences(delivered, "Last delivery")),
        *(of_acks if config["ack_policy"] != "none" else []),
        ("Unprocessed Messages", f"{found['num_pending']:,}"),
        ("Waiting Pulls", f"{found['num_waiting']:,} of maximum {config.get('max_waiting', 0):,}"),
    ]


def _sequences(place: dict[str, Any], label: str) -> str:
    text = f"Consumer sequence: {place['consumer_seq']:,} Stream sequence: {place['stream_seq']:,}"
    return f"{text} {label}: {_last(place)} ago" if _last(place) else text


def _last(place: dict[str, Any]) -> str:
    """Return how long ago a consumer last came on; empty if it never did."""
    return ago(moment(place["last_active"])) if place.get("last_active") else ""
