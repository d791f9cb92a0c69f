"""SQS jobs: queue `jobs` -> the renditions of a photo, two at a time."""

from apps.images.jobs import QUEUE, resize
from apps.messaging.jobs.worker import working
from orders_site.checks import startup
from workers.runner import run

if __name__ == "__main__":
    startup.require_folder_of_pictures()
    run("image_resizer", working(QUEUE, resize, concurrency=2))
