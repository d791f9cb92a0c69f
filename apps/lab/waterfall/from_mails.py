"""The end: the mails about the order, each of which waits until it is sent."""

from collections.abc import Iterator
from typing import Any

from apps.lab.waterfall.records import Records, seconds, time_of
from apps.lab.waterfall.span import Span, Stretch


def from_mails(records: Records) -> Iterator[Span]:
    """Yield a span for each mail; which event caused it, `causes` finds later."""
    for mail in records.mails:
        yield _mail(mail, records)


def mail_id(key: str) -> str:
    """Return the id of the span of a mail with this key."""
    return f"mail {key}"


def _mail(mail: Any, records: Records) -> Span:
    claims = records.at("mail.claimed", mail.key)
    claimed = claims[-1] if claims else None
    sent = time_of(records.last("mail.sent", mail.key)) or seconds(mail.sent_at)
    tries = f" It was claimed {len(claims)} times." if len(claims) > 1 else ""
    due = records.last("mail.due", mail.key)
    return Span(
        id=mail_id(mail.key),
        name=f"Mail: order {mail.kind}",
        trace=(claimed or due or {}).get("trace", ""),
        worker=claimed["worker"] if claimed else "",
        waiting=Stretch(start=seconds(mail.due_at), end=time_of(claimed)),
        working=Stretch(start=time_of(claimed), end=sent),
        says=f"It waits until a worker claims it, and works until the mail server has it.{tries}",
    )
