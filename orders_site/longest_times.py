"""How long one piece of work may take before it counts as hung and its process ends."""

from dataclasses import dataclass

from orders_site.environment import Environment


@dataclass(frozen=True, kw_only=True)
class LongestTimes:
    """Seconds. `standstill` is for the whole process: nothing in it has moved for so long."""

    handler: float
    job: float
    standstill: float


def read(env: Environment) -> LongestTimes:
    return LongestTimes(
        handler=env.float("HANDLER_SECONDS", default=60.0, at_least=1),
        job=env.float("JOB_SECONDS", default=600.0, at_least=1),
        standstill=env.float("STANDSTILL_SECONDS", default=90.0, at_least=5),
    )
