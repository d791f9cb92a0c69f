"""The progress of a photo on the pages: its steps, and when a page asks again."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from apps.images.queries import PhotoState, photo_states

SLOW_AFTER = timedelta(seconds=30)
NO_MORE_AFTER = timedelta(minutes=10)
"""A page that stays open stops asking after this time."""

type PhotoStep = tuple[str, str]
"""The label of a step, and its mark: `done`, `now`, `next`, `skipped` or `bad`."""


@dataclass(frozen=True, kw_only=True)
class PhotoWay:
    """The progress of a product's newest photo; `state` is None if the product has none."""

    state: PhotoState | None

    @property
    def waited(self) -> timedelta:
        """How long the photo has been in progress; zero if it is not."""
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
        """Identifies what a page shows; another value means that there is news."""
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
        # The preview may be lost, or come after the renditions; nothing waits for it.
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
    """Return the progress of a product's newest photo."""
    return PhotoWay(state=photo_states([sku]).get(sku))
