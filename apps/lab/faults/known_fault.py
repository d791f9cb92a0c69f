"""A fault that the pages offer as a switch."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KnownFault:
    """A switch: its hook, what a visitor will see, and the slugs of the pages that show it."""

    point: str
    action: str
    title: str
    see: str
    patterns: tuple[str, ...] = ()
    consumer: str = ""
    seconds: float = 1.0
    first: int | None = None

    @property
    def slug(self) -> str:
        return "-".join(filter(None, [*self.point.split("."), self.action, self.consumer]))
