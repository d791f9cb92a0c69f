"""Ask the price responder over a blocking socket, with 64 requests in flight.

Usage: `many_prices COUNT`. It prints the answers per second, each of which was looked at.
"""

import json
import os
import socket
import sys
import time
from urllib.parse import urlsplit

from bench.floors.raw_price import CONNECT, wait_for

IN_FLIGHT = 64
QUERIES = [b'{"sku":"SKU-%04d"}' % number for number in range(1, 31)]
REQUESTS = [
    b"PUB price.lookup _INBOX.floor %d\r\n%s\r\n" % (len(query), query) for query in QUERIES
]


def main(count: int) -> None:
    """Ask so often, and print the rate."""
    url = urlsplit(os.environ["NATS_URL"])
    with socket.create_connection((url.hostname, url.port)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = server.makefile("rb")
        server.sendall(CONNECT)
        wait_for(lines, b"PONG")
        began = time.perf_counter()
        server.sendall(b"".join(REQUESTS[each % len(REQUESTS)] for each in range(IN_FLIGHT)))
        for answered in range(count):
            # FastStream answers with headers.
            size = int(wait_for(lines, b"MSG ", b"HMSG ").split()[-1])
            answer = lines.read(size + 2)
            assert b'"price"' in answer, answer
            if (next_one := answered + IN_FLIGHT) < count:
                server.sendall(REQUESTS[next_one % len(REQUESTS)])
        took = time.perf_counter() - began
    print(json.dumps({"rate": count / took}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
