"""Queue group: `jobs.resize` -> a photo's preview at once, made by one member of `resizers`."""

from django.conf import settings

from apps.images.contract import PREVIEW_GROUP, PREVIEW_SUBJECT
from apps.images.previews import make_preview
from apps.messaging.pubsub.queue_group import serving
from orders_site.checks import startup
from workers.runner import run

if __name__ == "__main__":
    startup.require_folder_of_pictures()
    # One picture at a time: there are three members, and each picture takes memory.
    member = serving(
        PREVIEW_SUBJECT,
        PREVIEW_GROUP,
        make_preview,
        concurrency=1,
        longest_seconds=2 * settings.LONGEST_TIMES.decoder,
    )
    run("preview_resizer", member)
