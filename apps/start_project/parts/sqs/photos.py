"""What SQS has in the photos, whose table takes the place of the queue."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_IMAGES: Cuts = {
    "apps/images/contract.py": (
        words(
            "The message that asks for a photo to be resized",
            "The message that asks for a photo's preview",
        ),
        words(" import job, offer", " import offer"),
        words(
            "from apps.messaging.message import Job", "from apps.messaging.message import Payload"
        ),
        words("class ResizeJob(Job):", "class ResizeJob(Payload):"),
        words(
            ", on SQS for the renditions and on NATS for the preview.",
            ", the photo whose preview is wanted.",
        ),
        lines('queue: ClassVar[str] = "jobs"'),
        words('# `celery` asks again … consumers=["image_resizer"]),'),
    ),
    "apps/images/decoder.py": (
        words(
            "A stopping worker finishes its jobs in flight",
            "A stopping worker finishes its work in flight",
        ),
    ),
    "apps/images/deletion.py": (
        words(
            "or if a job is writing it at this moment",
            "or if a worker is writing it at this moment",
        ),
        words(
            "a job that has written renditions stores",
            "a worker that has written renditions stores",
        ),
    ),
    "apps/images/errors.py": (
        words("no one: the job is tried again", "no one: the photo is tried again"),
        words(
            "cannot be had; the job is tried again first",
            "cannot be had; the photo is tried again first",
        ),
    ),
    "apps/images/exchange.py": (
        words("its own error once the job must stop", "its own error once the work must stop"),
    ),
    "apps/images/previews.py": (
        words(
            "the renditions, which an SQS job makes, are shown",
            "the renditions, made by `image_resizer`, are shown",
        ),
        words(
            "# The photo's job on SQS is tried again, or becomes a dead letter; one is enough.",
            "# `image_resizer` says what becomes of the photo; one dead letter more would not.",
        ),
    ),
    "apps/images/sandbox.py": (
        words(
            "a bomb fails one job, and stops no worker",
            "a bomb fails by itself, and stops no worker",
        ),
    ),
    "apps/images/services.py": (
        lines("from datetime import datetime", "from datetime import timedelta"),
        lines(
            "from django.db.models.functions import Now",
            "from django.conf import settings\nfrom django.db.models.functions import Now",
        ),
        lines("from apps.images.contract import ResizeJob"),
        lines("from apps.messaging import outbox"),
        words(
            "*, id: int, sent_at: datetime | None = None, check: Check = sandbox.is_wanted",
            "*, id: int, check: Check = sandbox.is_wanted",
        ),
        words(
            "of a photo, unless they were made after this job was sent.",
            "of a photo, unless it is ready.",
        ),
        words("if _is_done(photo, sent_at):", "if photo.status == Photo.Status.READY:"),
        words(
            "nothing to do, photo is ready since the job was sent", "nothing to do, photo is ready"
        ),
        words(
            'reason="", asked_at=Now(), not_asked_before=None ) ask_for_renditions(id)',
            'reason="", asked_at=long_ago)',
        ),
        words(
            'present ones are shown meanwhile."""',
            'present ones are shown meanwhile."""\n    long_ago = Now() - '
            "timedelta(seconds=2 * settings.RECONCILE_AFTER)",
        ),
        unit("ask_for_renditions"),
        unit("key_of_jobs"),
        unit("_is_done"),
        words(
            "The key depends only on the picture: a repeated job writes",
            "The key depends only on the picture: a repetition writes",
        ),
        words(
            "unless another worker has finished the same job first",
            "unless another worker has finished first",
        ),
    ),
    "apps/images/storage.py": (
        words("a repeated job replaces it by the same", "a repetition replaces it by the same"),
        words("while the same job runs a second time", "while the same work is done a second time"),
    ),
    "apps/images/uploads.py": (
        words("and its row recorded with its jobs.", "and its row recorded."),
        lines(
            "from apps.images.contract import PREVIEW_SUBJECT",
            "from apps.images.contract import PREVIEW_SUBJECT, ResizeJob",
        ),
        lines("from apps.images.services import ask_for_renditions"),
        words("Asks for the preview and the renditions.", "Asks for the preview."),
        words(
            "Store an upload, and ask for its preview and its renditions.",
            "Store an upload, and ask for its preview; it waits for its renditions.",
        ),
        words(
            "job = ask_for_renditions(photo.pk) queue_group.offer(PREVIEW_SUBJECT, job)",
            "queue_group.offer(PREVIEW_SUBJECT, ResizeJob(id=photo.pk))",
        ),
    ),
    "apps/catalog/templates/catalog/staff/_photo_words.html": (
        words(
            "Please upload another picture. The job is a dead letter.",
            "Please upload another picture.",
        ),
        words(
            "a queue group makes the preview, SQS jobs make all sizes.",
            "a queue group makes the preview, image_resizer all sizes.",
        ),
    ),
}

PHOTOS: Cuts = joined(_IMAGES)
