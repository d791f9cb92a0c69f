"""How many days finished rows are kept before beat prunes them; orders are never pruned."""

from dataclasses import dataclass

from orders_site.conf.environment import Environment

STREAM_DAYS = 7
"""Days that a stream keeps events. The inbox outlives them, or a replayed event would run twice."""
MOST_DAYS = 3650
"""Days: ten years."""


@dataclass(frozen=True, kw_only=True)
class PruneAfter:
    """Days since an event was handled, a letter settled, a mail sent, an instance last seen."""

    inbox: int
    letters: int
    mails: int
    instances: int


def read(env: Environment) -> PruneAfter:
    """Return the days. A mail is kept as long as the inbox or longer: both record its sending."""
    inbox = env.int("INBOX_DAYS", default=14, at_least=STREAM_DAYS + 1, at_most=MOST_DAYS)
    return PruneAfter(
        inbox=inbox,
        letters=env.int("LETTERS_DAYS", default=14, at_least=1, at_most=MOST_DAYS),
        mails=env.int("MAILS_DAYS", default=max(90, inbox), at_least=inbox, at_most=MOST_DAYS),
        instances=env.int("INSTANCES_DAYS", default=14, at_least=1, at_most=MOST_DAYS),
    )
