"""Drawings for the shelf "Living room"."""

from collections.abc import Sequence

from apps.demo.pictures.colours import (
    BLUSH,
    CLAY,
    CREAM,
    INK,
    LEAF,
    MUSTARD,
    NAVY,
    PAPER,
    SAGE,
    TEAL,
    WOOD,
    dark,
    light,
    mix,
    rounded,
)
from apps.demo.pictures.drawing import Picture
from apps.demo.pictures.outlines import Outline, Point, box, oval, smooth, turn


def candle(on: Picture) -> None:
    on.shadow(800, 935, 200)
    for radius, veil in ((210, "24"), (140, "30"), (84, "40")):
        on.shape(oval(800, 500, radius, radius), "#ffdf8a" + veil)
    on.body(800, [(158, 600), (158, 925)], "#e9dfd0", soft=False)
    on.body(800, [(142, 690), (142, 905)], BLUSH, soft=False)
    on.shape(oval(800, 690, 142, 18), light(BLUSH, 0.4))
    on.stroke([(800, 692), (802, 600)], INK, 9)
    flame = [(800, 420), (838, 510), (846, 560), (800, 606), (756, 560), (766, 510)]
    on.shape(smooth(flame), ["#ffd35c", "#f59b34"], down=True)
    on.shape(smooth([(800, 500), (820, 555), (800, 596), (780, 555)]), "#fff3c4")
    on.shape(oval(800, 600, 158, 20), "#ffffff48")
    on.shape(box(664, 620, 20, 270, 10), "#ffffff70")
    on.shape(box(715, 745, 170, 100, 10), PAPER)
    on.stroke([(750, 785), (850, 785)], dark(PAPER, 0.4), 8)
    on.stroke([(770, 812), (830, 812)], dark(PAPER, 0.25), 6)


def blankets(on: Picture) -> None:
    on.shadow(800, 935, 350)
    for y, colour, stripe in ((800, TEAL, CREAM), (680, MUSTARD, CLAY), (560, CREAM, SAGE)):
        inset = (800 - y) * 0.1
        left, width = 480 + inset, 640 - inset * 2
        on.shape(box(left, y, width, 132, 60), [light(colour, 0.2), colour, dark(colour, 0.2)])
        on.stroke([(left + 70, y + 66), (left + width - 24, y + 66)], dark(colour, 0.3), 6)
        for x in (left + 120, left + 170, left + width - 150):
            on.shape(box(x, y + 1, 26, 62), stripe)
            on.shape(box(x, y + 70, 26, 61), dark(stripe, 0.1))


def cushion(on: Picture) -> None:
    on.shadow(800, 935, 320)
    edge = [(800, 398), (1070, 366), (1062, 650), (1085, 928), (800, 922), (515, 928), (538, 650)]
    on.shape(smooth([*edge, (530, 366)]), [light(CLAY, 0.2), CLAY, dark(CLAY, 0.24)])
    for row in range(4):
        for column in range(5):
            x, y = 612 + column * 94, 488 + row * 110
            leaf = [(x, y - 40), (x + 22, y), (x, y + 40), (x - 22, y)]
            on.shape(smooth(leaf), mix(CREAM, CLAY, 0.12 + column * 0.07))
            on.stroke([(x, y - 26), (x, y + 26)], CLAY, 4)
    for x, y, away in ((530, 366, 200), (1070, 366, -20), (515, 928, 165), (1085, 928, 15)):
        for spread in (-24, 0, 24):
            tassel = turn([(x, y), (x + 58, y)], away + spread, (x, y))
            on.stroke(tassel, MUSTARD, 10)
        on.shape(oval(x, y, 17, 17), dark(MUSTARD, 0.15))


def tulips(on: Picture) -> None:
    on.shadow(800, 935, 180)
    on.rim(800, 640, 92, SAGE)
    blooms = ((-24, 380, CLAY), (22, 370, BLUSH), (-10, 300, MUSTARD), (9, 320, "#d9757c"))
    for lean, top, _ in blooms:
        on.stroke(turn([(800, top + 60), (800, 800)], lean, (800, 860)), dark(LEAF, 0.1), 13)
    for lean, green in ((-38, LEAF), (36, dark(LEAF, 0.15)), (-18, light(LEAF, 0.1))):
        leaf = [(800, 470), (836, 600), (820, 760), (790, 760), (778, 600)]
        on.shape(turn(smooth(leaf), lean, (800, 860)), green)
    for lean, top, colour in blooms:
        _tulip(on, lean, top, colour)
    on.body(800, [(92, 640), (70, 680), (120, 790), (132, 850), (96, 925)], SAGE)
    on.shape(smooth([(716, 820), (716, 770), (742, 730), (736, 790)]), "#ffffff58")


def picture_frame(on: Picture) -> None:
    on.shadow(800, 930, 320)
    on.shape(box(490, 330, 620, 590, 14), rounded(WOOD))
    on.shape(box(522, 362, 556, 526, 4), dark(WOOD, 0.3))
    on.shape(box(530, 370, 540, 510), PAPER)
    left, top, right, bottom = 590, 430, 1010, 820
    view = [(left, top), (right, top), (right, bottom), (left, bottom)]
    on.shape(view, ["#f6c9a0", "#f9e3bd", "#dbe7e2"], down=True)
    on.shape(oval(880, 560, 58, 58), CLAY)
    on.shape(
        [
            (left, 690),
            (700, 560),
            (810, 680),
            (900, 610),
            (right, 700),
            (right, bottom),
            (left, bottom),
        ],
        mix(NAVY, SAGE, 0.45),
    )
    hills = [(left, 760), (680, 700), (800, 740), (920, 690), (right, 740)]
    on.shape([*smooth(hills, closed=False), (right, bottom), (left, bottom)], TEAL)
    front = [(left, 800), (720, 760), (880, 800), (right, 770)]
    on.shape([*smooth(front, closed=False), (right, bottom), (left, bottom)], dark(LEAF, 0.2))
    on.shape([(530, 370), (760, 370), (560, 880), (530, 880)], "#ffffff26")


def _tulip(on: Picture, lean: float, top: float, colour: str) -> None:
    def at(points: Sequence[Point]) -> Outline:
        return turn(smooth([(800 + x, top + y) for x, y in points]), lean, (800, 860))

    back = [(0, -52), (26, 0), (0, 60), (-26, 0)]
    on.shape(at(back), light(colour, 0.25))
    on.shape(at([(-52, -44), (-12, 10), (0, 72), (-40, 62), (-60, 10)]), colour)
    on.shape(at([(52, -44), (60, 10), (40, 62), (0, 72), (12, 10)]), dark(colour, 0.14))
