"""SQS jobs: queue `jobs` -> the renditions of a photo, two at a time."""

from apps.images.jobs import QUEUE, resize
from apps.messaging.jobs.worker import working
from workers.runner import run

if __name__ == "__main__":
    run("image_resizer", working(QUEUE, resize, concurrency=2))
