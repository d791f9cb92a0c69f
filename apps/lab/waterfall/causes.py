"""What caused what: a message or a mail follows from the work of its process at that moment."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from apps.lab.feed.feed import HopDict
from apps.lab.waterfall.from_mails import mail_id
from apps.lab.waterfall.from_outbox import outbox_id
from apps.lab.waterfall.from_web import origin_of
from apps.lab.waterfall.records import RECORDED, WEB, Records
from apps.lab.waterfall.span import Span

EFFECTS = {RECORDED: outbox_id, "mail.due": mail_id}


def with_causes(spans: Sequence[Span], records: Records) -> list[Span]:
    """Return the spans, those of messages and mails with their cause as far as a hop shows it."""
    causes = {}
    for hop in records.hops:
        if id_of := EFFECTS.get(hop["point"]):
            causes[id_of(hop["message_id"])] = _cause_of(hop, spans)
    return [replace(span, cause=span.cause or causes.get(span.id, "")) for span in spans]


def _cause_of(hop: HopDict, spans: Iterable[Span]) -> str:
    if hop["worker"] == WEB:
        return origin_of(hop["trace"])
    return next((span.id for span in spans if _was_in(span, hop)), "")


def _was_in(span: Span, hop: HopDict) -> bool:
    """Return whether this process worked on that delivery of the order then."""
    working = span.working
    if (span.worker, span.pid) != (hop["worker"], hop["pid"]) or working is None:
        return False
    if working.start is None or working.start > hop["at"]:
        return False
    return working.end is None or hop["at"] <= working.end
