"""Transactional outbox, the sending side: committed rows -> JetStream and SQS."""

from apps.messaging.outbox.relay import relaying
from workers.runner import run

if __name__ == "__main__":
    run("outbox_relay", relaying)
