"""Photos that are uploaded while the workers that resize them are killed."""

import io
import logging
import time
from contextlib import closing, suppress

from django.core.files.base import ContentFile
from django.db import connections
from PIL import Image

from apps.demo.chaos.check import CheckResult, NotWithin, until, untrue
from apps.demo.chaos.web import Web
from apps.images.uploads import add_photo
from apps.messaging.handling.attempts import DATABASE_ERRORS

RENDITIONS = 6
READY_WITHIN_SECONDS = 60.0
AGAIN_SECONDS = 0.5


class Photos:
    """Photos of one product, uploaded one by one."""

    def __init__(self, web: Web, sku: str) -> None:
        self._web = web
        self._sku = sku
        self._ids: list[int] = []
        logging.getLogger("apps").setLevel(logging.ERROR)

    def add(self) -> None:
        file = io.BytesIO()
        Image.radial_gradient("L").resize((1000, 800)).convert("RGB").save(file, "JPEG")
        self._ids.append(
            add_photo(sku=self._sku, file=ContentFile(file.getvalue(), name="chaos.jpg")).pk
        )

    def add_at_last(self, *, within: float) -> None:
        """Add one in a thread of its own, again and again while the database takes none.

        Raises the database's error if that is so for longer than `within` seconds.
        """
        give_up = time.monotonic() + within
        with closing(connections["default"]):
            while True:
                try:
                    return self.add()
                except DATABASE_ERRORS:
                    if time.monotonic() > give_up:
                        raise
                    # A file that was opened read-only stays so.
                    connections["default"].close()
                    time.sleep(AGAIN_SECONDS)

    def check(self) -> CheckResult:
        """Wait until all renditions of all photos are ready, and check it."""
        with suppress(NotWithin):
            until(self.are_ready, within=READY_WITHIN_SECONDS, what="photos")
        ready = self._ready()
        return CheckResult(
            f"{len(self._ids)} photos uploaded meanwhile: {ready} ready, "
            f"{RENDITIONS} renditions of each",
            untrue(ready=ready == len(self._ids)),
        )

    def are_ready(self) -> bool:
        return self._ready() == len(self._ids)

    def _ready(self) -> int:
        photos = [self._web.get(f"/api/photos/{id}").body for id in self._ids]
        return sum(
            photo["status"] == "ready" and len(photo["renditions"]) == RENDITIONS
            for photo in photos
        )
