"""The stand-in for SQS: moto's own server without its log line for every request."""

import logging
import sys

from moto import server

if __name__ == "__main__":
    # Its long polls alone are several requests a second.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.main(sys.argv[1:])
