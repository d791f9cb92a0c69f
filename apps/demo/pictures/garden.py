"""Drawings for the shelf "Garden"."""

from apps.demo.pictures.colours import (
    BLUSH,
    CLAY,
    CREAM,
    INK,
    LEAF,
    MUSTARD,
    SAGE,
    STEEL,
    TEAL,
    WOOD,
    dark,
    light,
    rounded,
)
from apps.demo.pictures.drawing import Picture
from apps.demo.pictures.outlines import Outline, box, oval, smooth, turn, turned

SOIL = "#5a4034"


def potted_plant(on: Picture) -> None:
    on.shadow(800, 935, 220)
    _pot(on, 800, 700, 190, CLAY)
    stem = (800, 716)
    for lean, length, green in (
        (-66, 300, dark(LEAF, 0.22)),
        (63, 310, dark(LEAF, 0.15)),
        (-35, 390, LEAF),
        (31, 400, light(LEAF, 0.08)),
        (-3, 450, light(LEAF, 0.16)),
    ):
        on.shape(turn(_leaf(stem, length), lean, stem), [light(green, 0.14), green])
        rib = turn([stem, (stem[0], stem[1] - length * 0.9)], lean, stem)
        on.stroke(rib, light(green, 0.35), 6)


def watering_can(on: Picture) -> None:
    on.shadow(780, 935, 320)
    arch = [(640, 600), (700, 420), (880, 400), (984, 520), (970, 720)]
    on.stroke(smooth(arch, closed=False), dark(SAGE, 0.35), 36)
    on.stroke(smooth([(x - 4, y - 6) for x, y in arch], closed=False), light(SAGE, 0.1), 12)
    spout = [(640, 860), (500, 700), (400, 540), (438, 520), (560, 660), (660, 740)]
    on.shape(smooth(spout), rounded(SAGE))
    rose = turn(oval(414, 524, 84, 26), -34, (414, 524))
    on.shape([(x + 14, y + 20) for x, y in rose], dark(SAGE, 0.3))
    on.shape(rose, light(SAGE, 0.35))
    for step in range(-2, 3):
        on.shape(turn(oval(414 + step * 28, 524, 6, 4), -34, (414, 524)), dark(SAGE, 0.5))
    on.body(800, [(188, 590), (200, 760), (214, 920)], SAGE)
    on.rim(800, 590, 188, SAGE)
    for y in (660, 880):
        half = 190 + (y - 590) * 0.074
        on.shape(turned(800, [(half, y), (half + 1, y + 15)], soft=False), rounded(MUSTARD))


def cactus(on: Picture) -> None:
    on.shadow(800, 935, 190)
    _pot(on, 800, 715, 172, CREAM)
    for side, low, high in ((-1, 600, 450), (1, 540, 390)):
        arm = [(800, low + 30), (800 + side * 120, low + 20), (800 + side * 165, low - 50)]
        on.stroke(
            smooth([*arm, (800 + side * 165, high)], closed=False),
            dark(LEAF, 0.12) if side > 0 else LEAF,
            84,
        )
    on.body(800, [(12, 300), (62, 328), (96, 420), (98, 600), (92, 712)], LEAF)
    for half in (-52, -18, 18, 52):
        rib = [(800 + half * 0.6, 330), (800 + half, 450), (800 + half, 706)]
        on.stroke(smooth(rib, closed=False), dark(LEAF, 0.28), 6)
    for turned_by in range(0, 180, 36):
        on.shape(turn(oval(800, 292, 20, 46), turned_by, (800, 292)), "#e58a94")
    on.shape(oval(800, 292, 17, 17), MUSTARD)
    for x in range(670, 960, 52):
        on.shape([(x - 24, 806), (x + 24, 806), (x, 856)], BLUSH)


def bird_house(on: Picture) -> None:
    on.shadow(800, 940, 200)
    on.shape(box(772, 760, 56, 180, 6), rounded(dark(WOOD, 0.3)))
    walls = [(610, 470), (800, 300), (990, 470), (965, 800), (635, 800)]
    on.shape(walls, [light(TEAL, 0.18), TEAL, dark(TEAL, 0.15)])
    for y in (560, 650, 735):
        on.stroke([(628, y), (972, y)], dark(TEAL, 0.22), 5)
    on.shape(oval(800, 540, 76, 76), light(WOOD, 0.3))
    on.shape(oval(800, 540, 60, 60), INK)
    on.stroke([(800, 672), (800, 690)], dark(WOOD, 0.3), 40)
    on.shape(oval(800, 672, 20, 20), light(WOOD, 0.2))
    for end, colour in (((1040, 490), dark(CLAY, 0.2)), ((560, 490), CLAY)):
        on.stroke([(800, 268), end], colour, 52)
    on.shape(box(600, 796, 400, 38, 12), rounded(WOOD))


def hand_tools(on: Picture) -> None:
    on.shadow(690, 945, 90, 22)
    on.shadow(925, 945, 90, 22)
    blade = [(610, 640), (614, 790), (690, 940), (766, 790), (770, 640), (690, 600)]
    on.shape(smooth(blade), rounded(STEEL))
    on.stroke([(690, 650), (690, 850)], dark(STEEL, 0.25), 10)
    for x in (850, 925, 1000):
        on.stroke(
            [(x, 630 if x == 925 else 680), (x, 880), (x + (925 - x) * 0.12, 935)],
            dark(STEEL, 0.12),
            26,
        )
        on.stroke([(x - 6, 690), (x - 6, 880)], light(STEEL, 0.4), 7)
    on.stroke(smooth([(850, 690), (870, 640), (980, 640), (1000, 690)], closed=False), STEEL, 28)
    for x in (690, 925):
        on.stroke([(x, 520), (x, 640)], dark(STEEL, 0.3), 26)
        on.body(x, [(8, 262), (30, 270), (40, 300), (34, 400), (44, 500), (32, 540)], WOOD)
        on.body(x, [(38, 500), (40, 540)], CLAY if x < 800 else TEAL, soft=False)
        on.shape(oval(x, 296, 10, 10), dark(WOOD, 0.5))


def _pot(on: Picture, x: float, y: float, half: float, colour: str) -> None:
    on.body(x, [(half * 0.92, y + 60), (half * 0.7, 925)], colour, soft=False)
    on.body(x, [(half, y), (half, y + 78)], colour, soft=False)
    on.rim(x, y, half, colour, SOIL)


def _leaf(foot: tuple[float, float], length: float) -> Outline:
    x, y = foot
    half = length * 0.2
    side = [(8, 0.02), (half * 0.8, 0.4), (half, 0.62), (half * 0.55, 0.86)]
    right = [(x + w, y - length * along) for w, along in side]
    left = [(x - w, y - length * along) for w, along in reversed(side)]
    return smooth([*right, (x, y - length), *left])
