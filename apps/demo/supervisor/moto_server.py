"""The SQS of the demo: moto's server with a quick clock, without a log line for each request."""

import logging
import sys
import time

from moto import server
from moto.sqs import models


def tell_time_quickly() -> None:
    """Let moto's SQS ask the system for the time.

    moto (5.2) builds four `datetime` for it, and does so twice for each message of a queue whenever
    one is received: with 600 mails in the queue that is most of what a mail costs.
    """
    vars(models).update(unix_time=time.time, unix_time_millis=lambda: time.time() * 1000)


if __name__ == "__main__":
    # Long polls alone make several requests a second.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    tell_time_quickly()
    server.main(sys.argv[1:])
