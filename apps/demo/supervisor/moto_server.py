"""The SQS of the demo: moto's server, without its log line for each request."""

import logging
import sys

from moto import server

if __name__ == "__main__":
    # Long polls alone make several requests a second.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.main(sys.argv[1:])
