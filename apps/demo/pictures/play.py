"""Drawings for the shelf "Play"."""

from apps.demo.pictures.colours import (
    CLAY,
    CREAM,
    INK,
    MUSTARD,
    NAVY,
    SAGE,
    TEAL,
    WOOD,
    dark,
    light,
    rounded,
)
from apps.demo.pictures.drawing import Picture
from apps.demo.pictures.outlines import TILT, box, oval, smooth, turn


def alphabet_blocks(on: Picture) -> None:
    on.shadow(800, 938, 350)
    _block(on, 560, 690, "A", CLAY)
    _block(on, 815, 690, "B", TEAL)
    _block(on, 690, 440, "C", MUSTARD)


def stacking_rings(on: Picture) -> None:
    on.shadow(800, 940, 280)
    on.shape(box(782, 330, 36, 500, 16), rounded(WOOD))
    on.body(800, [(262, 885), (262, 925)], WOOD, soft=False)
    on.shape(oval(800, 885, 262, 262 * TILT), light(WOOD, 0.3))
    rings = ((225, CLAY), (195, MUSTARD), (166, SAGE), (138, TEAL), (110, NAVY))
    for number, (half, colour) in enumerate(rings):
        top = 806 - number * 82
        on.shape(box(800 - half, top, half * 2, 84, 42), rounded(colour))
        on.shape(box(800 - half * 0.72, top + 13, half * 0.6, 14, 7), "#ffffff4c")
    on.shape(oval(800, 372, 64, 64), rounded(CLAY))
    on.shape(oval(776, 350, 15, 12), "#ffffff70")


def locomotive(on: Picture) -> None:
    on.shadow(790, 940, 400)
    on.shape(box(470, 800, 650, 60, 16), dark(WOOD, 0.15))
    on.shape(box(505, 610, 400, 200, 70), [light(TEAL, 0.3), TEAL, dark(TEAL, 0.2)], down=True)
    for x in (600, 700, 800):
        on.shape(box(x, 610, 16, 200), MUSTARD)
    on.shape(box(865, 470, 230, 340, 14), rounded(CLAY))
    on.shape(box(910, 540, 140, 130, 18), light("#cfe3e6", 0.2))
    on.shape([(918, 662), (990, 548), (1034, 548), (962, 662)], "#ffffff66")
    on.shape(box(835, 430, 290, 48, 22), dark(CLAY, 0.35))
    on.shape(box(586, 500, 64, 120, 6), rounded(INK))
    on.shape(box(568, 470, 100, 48, 14), rounded(MUSTARD))
    on.shape(oval(760, 610, 46, 40), MUSTARD)
    on.shape([(470, 800), (420, 885), (500, 885), (520, 800)], dark(INK, 0.1))
    for x, radius in ((590, 66), (755, 66), (985, 92)):
        _wheel(on, x, 936 - radius, radius)
    for x, y, radius in ((606, 410, 38), (666, 350, 54), (760, 296, 70)):
        on.shape(oval(x, y, radius, radius * 0.86), "#fffaf2c0")


def sailing_boat(on: Picture) -> None:
    on.shadow(800, 938, 330)
    on.stroke([(800, 290), (800, 800)], WOOD, 20)
    main = smooth([(822, 330), (960, 520), (1050, 740)], closed=False)
    on.shape([*main, (822, 740)], [CREAM, light(CREAM, 0.4), dark(CREAM, 0.12)])
    on.shape([(822, 560), (984, 560), (1020, 650), (822, 650)], CLAY)
    fore = smooth([(778, 380), (640, 570), (540, 740)], closed=False)
    on.shape([*fore, (778, 740)], [light(MUSTARD, 0.3), MUSTARD])
    on.shape(smooth([(800, 290), (860, 300), (920, 292), (900, 320), (860, 335), (800, 330)]), CLAY)
    hull = [(440, 770), (470, 838), (540, 906), (640, 928), (960, 928), (1060, 906), (1130, 838)]
    on.shape([*smooth(hull, closed=False), (1160, 770)], rounded(NAVY))
    on.shape([(440, 770), (1160, 770), (1144, 798), (457, 798)], light(WOOD, 0.15))
    on.shape([(476, 845), (1125, 845), (1112, 862), (490, 862)], CREAM)
    for x in (640, 760, 880):
        on.shape(oval(x, 822, 17, 17), MUSTARD)


def kite(on: Picture) -> None:
    on.shadow(800, 955, 190, 20, 70)
    tail = smooth([(720, 730), (660, 800), (740, 850), (690, 905), (600, 930)], closed=False)
    on.stroke(tail, WOOD, 6)
    corners = [(800, 230), (1010, 430), (800, 770), (590, 430), (800, 430)]
    top, right, foot, left, middle = turn(corners, 14, (800, 500))
    for corner, beside, colour in (
        (top, left, MUSTARD),
        (top, right, CLAY),
        (left, foot, TEAL),
        (right, foot, light(CREAM, 0.2)),
    ):
        on.shape([corner, beside, middle], [light(colour, 0.16), colour])
    on.stroke([top, foot], dark(WOOD, 0.3), 9)
    on.stroke([left, right], dark(WOOD, 0.3), 9)
    for place, colour in ((16, CLAY), (27, MUSTARD), (38, TEAL)):
        x, y = tail[place]
        on.shape([(x, y), (x - 44, y - 26), (x - 44, y + 26)], colour)
        on.shape([(x, y), (x + 44, y - 26), (x + 44, y + 26)], dark(colour, 0.18))


def _block(on: Picture, x: float, y: float, letter: str, colour: str) -> None:
    size, depth = 236, 46
    side = [(x + size, y), (x + size + depth, y - depth), (x + size + depth, y + size - depth)]
    on.shape([*side, (x + size, y + size)], dark(WOOD, 0.28))
    on.shape([(x, y), (x + depth, y - depth), side[1], side[0]], light(WOOD, 0.42))
    on.shape(box(x, y, size, size, 6), [light(WOOD, 0.3), WOOD])
    on.shape(box(x + 20, y + 20, size - 40, size - 40, 16), colour)
    on.shape(box(x + 32, y + 32, size - 64, size - 64, 10), light(CREAM, 0.3))
    on.letter(letter, (x + size / 2, y + size / 2), 168, colour)


def _wheel(on: Picture, x: float, y: float, radius: float) -> None:
    on.shape(oval(x, y, radius, radius), INK)
    on.shape(oval(x, y, radius * 0.78, radius * 0.78), MUSTARD)
    for angle in range(0, 180, 45):
        on.stroke(turn([(x - radius * 0.7, y), (x + radius * 0.7, y)], angle, (x, y)), INK, 9)
    on.shape(oval(x, y, radius * 0.26, radius * 0.26), dark(CLAY, 0.05))
