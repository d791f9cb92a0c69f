"""How many days what is over is kept, before beat deletes it; orders are kept for good."""

from dataclasses import dataclass

from orders_site.conf.environment import Environment

STREAM_DAYS = 7
"""A stream keeps its events so long; the inbox has to outlive them, or a replay gets in."""
MOST_DAYS = 3650
"""Ten years; what is kept for good is in the orders."""


@dataclass(frozen=True, kw_only=True)
class PruneAfter:
    """Days since the end of each: handled, settled by a person, sent, last seen."""

    inbox: int
    letters: int
    mails: int
    instances: int


def read(env: Environment) -> PruneAfter:
    """A mail is kept at least as long as the inbox: either knows that it was sent."""
    inbox = env.int("INBOX_DAYS", default=14, at_least=STREAM_DAYS + 1, at_most=MOST_DAYS)
    return PruneAfter(
        inbox=inbox,
        letters=env.int("LETTERS_DAYS", default=14, at_least=1, at_most=MOST_DAYS),
        mails=env.int("MAILS_DAYS", default=max(90, inbox), at_least=inbox, at_most=MOST_DAYS),
        instances=env.int("INSTANCES_DAYS", default=14, at_least=1, at_most=MOST_DAYS),
    )
