"""Periodic work: the renditions of photos that wait are made, each second."""

from apps.images.tasks import resize_waiting
from apps.messaging.worker.periodic import Every, repeating
from orders_site.checks import startup
from workers.runner import run

if __name__ == "__main__":
    startup.require_folder_of_pictures()
    run("image_resizer", repeating(Every(seconds=1, work=resize_waiting)))
