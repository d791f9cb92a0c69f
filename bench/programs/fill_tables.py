"""Fill the tables of the shop with this many rows each: `fill_tables COUNT`."""

import sys

from tests.orders_site.large_tables import fill

if __name__ == "__main__":
    fill(int(sys.argv[1]))
