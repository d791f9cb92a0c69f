"""Drawings for the shelf "Kitchen"."""

from apps.demo.pictures.colours import (
    CLAY,
    COFFEE,
    CREAM,
    INK,
    MUSTARD,
    SAGE,
    TEAL,
    WOOD,
    dark,
    light,
    mix,
    rounded,
)
from apps.demo.pictures.drawing import Picture
from apps.demo.pictures.outlines import box, oval, smooth, turn, turned

CRUST = "#b9783f"


def casserole(on: Picture) -> None:
    on.shadow(800, 935, 340)
    for side in (-1, 1):
        grip = [(800 + side * x, y) for x, y in ((290, 680), (390, 670), (390, 735), (290, 735))]
        on.stroke(smooth(grip, closed=False), dark(TEAL, 0.3), 34)
    on.body(800, [(305, 640), (306, 760), (296, 860), (250, 925)], TEAL)
    on.shape(turned(800, [(316, 612), (316, 640)], soft=False), rounded(dark(TEAL, 0.18)))
    on.body(800, [(60, 520), (190, 545), (280, 585), (312, 622)], TEAL)
    on.shape(turned(800, [(30, 480), (26, 505), (34, 530)]), rounded(INK))
    on.shape(turned(800, [(56, 452), (66, 468), (58, 486)]), rounded(MUSTARD))
    on.shape(oval(800, 452, 54, 9), light(MUSTARD, 0.4))
    on.stroke(smooth([(560, 590), (620, 566), (690, 552)], closed=False), "#ffffff60", 14)


def spoon_crock(on: Picture) -> None:
    on.shadow(800, 935, 220)
    on.rim(800, 630, 172, CREAM, dark(WOOD, 0.55))
    for lean, wood in ((-17, WOOD), (15, dark(WOOD, 0.2)), (-2, light(WOOD, 0.15))):
        on.shape(turn(box(786, 400, 28, 400, 12), lean, (800, 900)), dark(wood, 0.06))
        bowl = turn(oval(800, 370, 62, 92), lean, (800, 900))
        on.shape(bowl, [light(wood, 0.2), wood, dark(wood, 0.12)])
        on.shape(turn(oval(800, 362, 40, 66), lean, (800, 900)), dark(wood, 0.2))
    on.body(800, [(172, 630), (174, 800), (160, 925)], CREAM)
    for y in (725, 760):
        on.body(800, [(174, y), (174, y + 16)], CLAY, soft=False)


def loaf(on: Picture) -> None:
    on.shadow(800, 930, 400)
    on.shape(box(420, 880, 780, 46, 22), dark(WOOD, 0.22))
    on.shape(box(420, 856, 780, 50, 24), [light(WOOD, 0.25), WOOD, dark(WOOD, 0.08)])
    on.shape(oval(1150, 880, 16, 9), dark(WOOD, 0.45))
    crust = [(490, 850), (470, 740), (560, 630), (760, 590), (960, 620), (1075, 730), (1060, 850)]
    on.shape(smooth([*crust, (780, 872)]), [light(CRUST, 0.12), CRUST, dark(CRUST, 0.3)], down=True)
    for x in (620, 740, 860, 980):
        slash = [(x - 50, 770), (x - 20, 690), (x + 42, 632), (x + 28, 700)]
        on.shape(smooth(slash), light(CRUST, 0.55))
        on.shape(smooth([(px + 7, py + 6) for px, py in slash]), light(CRUST, 0.3))


def bowls(on: Picture) -> None:
    on.shadow(800, 935, 250)
    stack = ((330, 665, CLAY), (270, 560, MUSTARD), (212, 470, CREAM))
    for half, y, colour in stack:
        depth = half * 0.78
        foot = half * 0.42
        profile = [(half, y), (half * 0.93, y + depth * 0.4), (half * 0.7, y + depth * 0.78)]
        on.body(800, [*profile, (foot, y + depth)], colour)
        on.rim(800, y, half, colour, mix(colour, COFFEE, 0.4))


def pepper_mill(on: Picture) -> None:
    on.shadow(800, 940, 170)
    on.body(800, [(92, 560), (70, 640), (86, 740), (120, 850), (122, 925)], WOOD)
    on.body(800, [(124, 868), (126, 900), (122, 930)], dark(WOOD, 0.35))
    on.body(800, [(102, 524), (102, 552)], SAGE, soft=False)
    on.body(800, [(40, 340), (98, 400), (102, 460), (60, 508), (90, 524)], WOOD)
    on.shape(oval(800, 330, 32, 32), rounded("#c3cad0"))
    on.stroke(smooth([(742, 400), (735, 440), (748, 470)], closed=False), "#ffffff55", 14)
