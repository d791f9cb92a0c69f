"""Drawings for the shelf "Tea & coffee"."""

from apps.demo.pictures.colours import (
    CLAY,
    COFFEE,
    CREAM,
    INK,
    LEAF,
    MUSTARD,
    NAVY,
    STEEL,
    TEAL,
    WHITE,
    WOOD,
    dark,
    light,
    rounded,
)
from apps.demo.pictures.drawing import Picture
from apps.demo.pictures.outlines import TILT, box, oval, smooth, turned


def mug(on: Picture) -> None:
    on.shadow(800, 935, 250)
    handle = smooth([(930, 640), (1075, 650), (1100, 750), (1040, 840), (925, 850)], closed=False)
    on.stroke(handle, dark(CREAM, 0.16), 46)
    on.stroke([(x - 5, y - 6) for x, y in handle], light(CREAM, 0.1), 22)
    on.body(800, [(182, 570), (184, 700), (180, 860), (158, 925)], CREAM)
    glaze = [(182, 570), (184, 660), (183, 740)]
    on.body(800, glaze, TEAL)
    on.rim(800, 570, 182, TEAL, COFFEE)
    _steam(on, 800, 520)


def teapot(on: Picture) -> None:
    on.shadow(800, 930, 300)
    handle = smooth(
        [(1010, 610), (1110, 560), (1200, 600), (1215, 710), (1140, 810), (1010, 840)],
        closed=False,
    )
    on.stroke(handle, dark(CLAY, 0.25), 44)
    on.stroke([(x - 6, y - 6) for x, y in handle], CLAY, 22)
    spout = [(610, 800), (500, 750), (450, 640), (390, 560), (440, 535), (520, 600), (640, 690)]
    on.shape(smooth(spout), rounded(CLAY))
    on.shape(oval(414, 549, 32, 15), dark(CLAY, 0.5))
    on.body(800, [(120, 520), (205, 560), (268, 680), (262, 800), (200, 890), (160, 918)], CLAY)
    on.shape(turned(800, [(269, 700), (270, 730), (268, 760)]), rounded(CREAM))
    on.body(800, [(24, 470), (80, 482), (128, 508), (140, 530)], CLAY)
    on.shape(oval(800, 452, 36, 34), rounded(MUSTARD))
    on.shape(smooth([(640, 620), (690, 570), (660, 650), (630, 700)]), "#ffffff40")


def cafetiere(on: Picture) -> None:
    on.shadow(800, 940, 230)
    handle = smooth([(940, 560), (1060, 560), (1080, 700), (1060, 850), (940, 850)], closed=False)
    on.stroke(handle, INK, 38)
    on.stroke([(x - 6, y) for x, y in handle], light(INK, 0.3), 12)
    on.stroke([(800, 290), (800, 520)], STEEL, 16)
    on.shape(oval(800, 285, 36, 34), rounded(INK))
    on.body(800, [(150, 520), (150, 920)], "#dfe6e4", soft=False)
    on.body(800, [(140, 640), (140, 908)], COFFEE, soft=False)
    on.shape(oval(800, 640, 140, 140 * TILT), light(COFFEE, 0.3))
    on.body(800, [(40, 436), (130, 470), (158, 500), (158, 526)], STEEL)
    for y in (560, 880):
        on.body(800, [(155, y), (155, y + 34)], STEEL, soft=False)
    on.shape(box(690, 560, 22, 330, 11), "#ffffff55")


def tea_tin(on: Picture) -> None:
    on.shadow(800, 940, 240)
    on.body(800, [(190, 500), (190, 925)], NAVY, soft=False)
    on.body(800, [(196, 430), (196, 520)], MUSTARD, soft=False)
    on.shape(oval(800, 430, 196, 196 * TILT), light(MUSTARD, 0.35))
    on.shape(oval(800, 424, 46, 14), dark(MUSTARD, 0.25))
    on.shape(oval(800, 414, 46, 14), light(MUSTARD, 0.2))
    on.shape(oval(800, 735, 118, 132), [light(CREAM, 0.3), CREAM])
    leaf = [(800, 640), (850, 710), (840, 790), (800, 835), (760, 790), (750, 710)]
    on.shape(smooth(leaf), [light(LEAF, 0.15), LEAF, dark(LEAF, 0.15)])
    on.stroke([(800, 660), (800, 850)], CREAM, 6)
    for y in (710, 755, 800):
        on.stroke([(800, y), (828, y - 26)], CREAM, 4)
        on.stroke([(800, y), (772, y - 26)], CREAM, 4)


def espresso(on: Picture) -> None:
    on.shadow(800, 930, 330)
    on.shape(oval(800, 915, 320, 320 * TILT + 8), dark(MUSTARD, 0.25))
    on.shape(oval(800, 903, 320, 320 * TILT + 8), rounded(MUSTARD))
    on.shape(oval(800, 900, 190, 190 * TILT), dark(MUSTARD, 0.12))
    handle = smooth([(945, 700), (1050, 690), (1062, 770), (985, 825), (915, 825)], closed=False)
    on.stroke(handle, dark(MUSTARD, 0.2), 32)
    on.stroke([(x - 4, y - 4) for x, y in handle], light(MUSTARD, 0.15), 14)
    on.body(800, [(168, 650), (166, 730), (132, 840), (86, 888)], MUSTARD)
    on.rim(800, 650, 168, MUSTARD, COFFEE)
    on.shape(oval(790, 652, 110, 10), light(WOOD, 0.1))
    _steam(on, 800, 600)


def _steam(on: Picture, x: float, y: float) -> None:
    for offset, height in ((-70, 150), (0, 210), (70, 150)):
        left, right = x + offset - 20, x + offset + 20
        wisp = [(x + offset, y), (left, y - height * 0.3), (right, y - height * 0.65)]
        on.stroke(smooth([*wisp, (x + offset, y - height)], closed=False), WHITE + "b0", 15)
