"""SQS jobs: queue `labels` -> the label of a parcel."""

from apps.messaging.jobs.worker import working
from apps.parcels.jobs import QUEUE, print_label
from workers.runner import run

if __name__ == "__main__":
    run("label_printer", working(QUEUE, print_label))
