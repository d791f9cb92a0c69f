"""Dead letters: undeliverable messages of JetStream and SQS -> the one table of dead letters."""

from apps.messaging.recovery.collector import collecting
from workers.runner import run

if __name__ == "__main__":
    run("dead_letter_collector", collecting)
