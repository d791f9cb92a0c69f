"""The palette of all drawings, and how light and shade change a colour."""

CLAY, MUSTARD, SAGE, TEAL, NAVY = "#c9583f", "#e2a336", "#86a68c", "#2f6670", "#2d3f61"
CREAM, WOOD, INK, BLUSH, LEAF = "#f5ead8", "#c99563", "#3c3a44", "#e7ae9a", "#5d8d5c"
STEEL, WHITE, COFFEE, PAPER = "#aab4be", "#fffaf2", "#4a2c22", "#fbf3e4"

type Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """Return `first` with that share of `second` in it."""
    pairs = zip(rgb(first), rgb(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def light(colour: str, share: float = 0.25) -> str:
    return mix(colour, "#fff6e6", share)


def dark(colour: str, share: float = 0.25) -> str:
    return mix(colour, "#1d1a33", share)


def rounded(colour: str) -> list[str]:
    """Return the tones of a round body, left to right: the light comes from the left."""
    return [
        light(colour, 0.06),
        light(colour, 0.28),
        light(colour, 0.04),
        dark(colour, 0.1),
        dark(colour, 0.26),
    ]
