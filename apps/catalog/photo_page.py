"""What pages show of a photo on its way: placeholder, preview, renditions; when to look again."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from apps.images.queries import PhotoState, photo_states

SLOW_AFTER = timedelta(seconds=30)
NO_MORE_AFTER = timedelta(minutes=10)
"""A page that was left open does not ask for ever."""

type PhotoStep = tuple[str, str]
"""What it is called, and `done`, `now`, `next`, `skipped` or `bad`."""


@dataclass(frozen=True, kw_only=True)
class PhotoWay:
    """One look at a product's newest photo; `state` is None where there never was one."""

    state: PhotoState | None

    @property
    def waited(self) -> timedelta:
        """How long it is under way; none where it is not."""
        if self.state is None or not self.state.is_under_way:
            return timedelta()
        return timezone.now() - self.state.asked_at

    @property
    def is_slow(self) -> bool:
        return self.waited > SLOW_AFTER

    @property
    def look_again(self) -> str:
        """htmx's trigger: each second at first, then less often, in the end not at all."""
        if self.state is None or not self.state.is_under_way or self.waited > NO_MORE_AFTER:
            return ""
        return "every 5s" if self.is_slow else "every 1s"

    @property
    def seen(self) -> str:
        """What a page that shows this has seen; another value means there is news."""
        if self.state is None:
            return ""
        return f"{self.state.id}-{self.state.status}-{self.state.has_preview:d}{self.is_slow:d}"

    @property
    def steps(self) -> tuple[PhotoStep, ...]:
        if self.state is None:
            return ()
        return (("Uploaded", "done"), self._preview, self._renditions)

    @property
    def _preview(self) -> PhotoStep:
        assert self.state
        if self.state.has_preview:
            return "Preview", "done"
        # It may be lost, or overtaken by the renditions; nothing waits for it.
        return ("Preview", "now") if self.state.is_under_way else ("No preview", "skipped")

    @property
    def _renditions(self) -> PhotoStep:
        assert self.state
        if self.state.has_failed:
            return "Failed", "bad"
        if self.state.is_under_way:
            return "Every size", "now" if self.state.has_preview else "next"
        return "Every size", "done"


def follow(sku: str) -> PhotoWay:
    """Look how far the newest photo of a product is."""
    return PhotoWay(state=photo_states([sku]).get(sku))
