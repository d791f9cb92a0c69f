"""What three customers ordered in the fourteen days before the demo was seeded, and how it ended.

The assortment's stock is what is left after these orders.
"""

from datetime import time
from typing import NamedTuple

DAYS = 14
ADA, BEN, CLEO = "ada@example.com", "ben@example.com", "cleo@example.com"
CONFIRMED, CANCELLED, REJECTED = "confirmed", "cancelled", "rejected"


class PastOrder(NamedTuple):
    """An order so many days before the seeding, at a time of the shop's day: SKU → quantity."""

    days_ago: int
    at: time
    email: str
    quantities: dict[str, int]
    ending: str = CONFIRMED


PAST_ORDERS = (
    PastOrder(14, time(9, 12), ADA, {"TEA-POT": 1, "TEA-TIN": 2}),
    PastOrder(14, time(18, 40), CLEO, {"DESK-NOTES": 3}),
    PastOrder(13, time(11, 5), BEN, {"GAR-TOOLS": 1, "GAR-CAN": 1}),
    PastOrder(13, time(20, 31), ADA, {"HOME-CANDLE": 2}, CANCELLED),
    PastOrder(12, time(8, 55), CLEO, {"KIT-MILL": 1}),
    PastOrder(11, time(10, 20), ADA, {"ABC": 1, "PLAY-LOCO": 1}),
    PastOrder(11, time(13, 2), BEN, {"DESK-LAMP": 1}),
    PastOrder(11, time(19, 47), CLEO, {"TEA-MUG": 4}),
    PastOrder(10, time(12, 15), BEN, {"KIT-POT": 1}),
    PastOrder(10, time(16, 38), ADA, {"HOME-CUSHION": 2, "HOME-CANDLE": 1}),
    PastOrder(9, time(9, 44), CLEO, {"GAR-BIRDS": 1}, REJECTED),
    PastOrder(9, time(9, 51), CLEO, {"GAR-CACTUS": 2, "GAR-PLANT": 1}),
    PastOrder(8, time(14, 26), ADA, {"HOME-BLANKET": 1}),
    PastOrder(8, time(17, 3), BEN, {"DESK-PENCILS": 2, "DESK-NOTES": 2}),
    PastOrder(8, time(21, 18), CLEO, {"PLAY-KITE": 1}),
    PastOrder(7, time(10, 9), BEN, {"TEA-PRESS": 1, "TEA-MUG": 2}),
    PastOrder(7, time(15, 50), ADA, {"KIT-BOWLS": 1}, CANCELLED),
    PastOrder(6, time(11, 33), CLEO, {"DESK-CLOCK": 1}),
    PastOrder(5, time(9, 27), ADA, {"ABC": 2}),
    PastOrder(5, time(12, 41), BEN, {"KIT-BOARD": 1, "KIT-SPOONS": 1}),
    PastOrder(5, time(18, 14), CLEO, {"HOME-FRAME": 1}),
    PastOrder(4, time(10, 2), BEN, {"HOME-VASE": 1}),
    PastOrder(4, time(19, 25), ADA, {"TEA-TIN": 3, "TEA-MUG": 1}),
    PastOrder(3, time(8, 36), CLEO, {"GAR-CAN": 1}),
    PastOrder(3, time(13, 29), ADA, {"DESK-GLOBE": 1}),
    PastOrder(3, time(16, 11), BEN, {"PLAY-BOAT": 1, "PLAY-RINGS": 1}),
    PastOrder(3, time(20, 58), CLEO, {"HOME-CANDLE": 3}),
    PastOrder(2, time(11, 46), ADA, {"KIT-POT": 1}, CANCELLED),
    PastOrder(2, time(17, 22), BEN, {"DESK-NOTES": 5, "DESK-PENCILS": 1}),
    PastOrder(1, time(9, 18), CLEO, {"TEA-POT": 1, "TEA-CUP": 2}),
    PastOrder(1, time(14, 7), ADA, {"PLAY-LOCO": 1}),
    PastOrder(1, time(19, 33), BEN, {"KIT-MILL": 1, "TEA-PRESS": 1}),
)
"""The oldest first."""

LATE_MAIL = 21
"""The place in the table of the order whose mail waited: see `past_letter`."""
