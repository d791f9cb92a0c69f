"""Drawings for the shelf "Desk"."""

from apps.demo.pictures.colours import (
    CLAY,
    CREAM,
    INK,
    LEAF,
    MUSTARD,
    NAVY,
    PAPER,
    SAGE,
    STEEL,
    TEAL,
    WOOD,
    dark,
    light,
    rounded,
)
from apps.demo.pictures.drawing import Picture
from apps.demo.pictures.outlines import Outline, band, box, oval, smooth, turn

BRASS = "#c9a14e"


def notebook(on: Picture) -> None:
    on.shadow(810, 935, 290)
    lean, foot = -5, (800, 920)

    def leaning(x: float, y: float, width: float, height: float, radius: float = 0) -> Outline:
        return turn(box(x, y, width, height, radius), lean, foot)

    on.shape(leaning(622, 402, 410, 530, 20), dark(CLAY, 0.4))
    for step in range(4):
        on.shape(leaning(612 + step * 2, 398 + step * 2, 404, 526, 12), dark(PAPER, step * 0.05))
    on.shape(leaning(600, 388, 400, 530, 20), [light(CLAY, 0.14), CLAY, dark(CLAY, 0.08)])
    on.shape(leaning(600, 388, 52, 530, 20), dark(CLAY, 0.22))
    on.shape(leaning(706, 480, 226, 130, 10), PAPER)
    for y, width in ((522, 150), (552, 150), (582, 96)):
        on.stroke(turn([(740, y), (740 + width, y)], lean, foot), dark(PAPER, 0.3), 7)
    on.shape(leaning(958, 386, 20, 534), INK)
    on.shape(leaning(860, 915, 24, 70), MUSTARD)


def pencils(on: Picture) -> None:
    on.shadow(800, 935, 220)
    on.rim(800, 640, 165, TEAL)
    sticks = ((-15, CLAY, 0), (12, SAGE, 20), (-5, MUSTARD, -40), (5, NAVY, 40), (19, WOOD, 70))
    for lean, colour, down in sticks:
        _pencil(on, lean, 300 + down, colour)
    on.body(800, [(165, 640), (165, 925)], TEAL, soft=False)
    for x in (-96, -32, 32, 96):
        on.shape(oval(800 + x, 800 + (10 - abs(x) * 0.1), 20, 20), light(TEAL, 0.4))
    on.body(800, [(166, 690), (166, 706)], CREAM, soft=False)
    on.body(800, [(166, 870), (166, 886)], CREAM, soft=False)


def desk_lamp(on: Picture) -> None:
    on.shadow(730, 940, 220)
    glow = [(860, 520), (1010, 600), (1250, 935), (820, 935)]
    on.shape(glow, "#fff3b04c")
    on.shape(oval(1035, 935, 215, 24), "#fff3b060")
    on.stroke([(720, 900), (590, 640)], dark(NAVY, 0.2), 26)
    on.stroke([(590, 640), (860, 430)], NAVY, 26)
    for x, y in ((590, 640), (860, 430), (720, 890)):
        on.shape(oval(x, y, 26, 26), BRASS)
        on.shape(oval(x, y, 11, 11), dark(BRASS, 0.35))
    on.shape(turn(oval(938, 552, 118, 30), 28, (938, 552)), "#fff6cf")
    shade = smooth([(836, 500), (830, 420), (880, 372), (960, 400), (1046, 598)], closed=False)
    on.shape(shade, [light(NAVY, 0.22), NAVY, dark(NAVY, 0.25)])
    on.shape(turn(oval(940, 549, 116, 22), 28, (940, 549)), "#fff6cf")
    on.body(720, [(70, 880), (170, 905), (180, 930)], NAVY)


def alarm_clock(on: Picture) -> None:
    on.shadow(800, 940, 220)
    for side in (-1, 1):
        on.stroke([(800 + side * 120, 830), (800 + side * 165, 930)], INK, 34)
        on.stroke([(800 + side * 110, 480), (800 + side * 150, 420)], INK, 18)
        bell = turn(oval(800 + side * 150, 420, 96, 66), side * 38, (800 + side * 150, 420))
        on.shape(bell[48:], rounded(BRASS))
    on.stroke([(800, 440), (800, 372)], INK, 18)
    on.shape(box(766, 350, 68, 34, 14), BRASS)
    on.shape(oval(800, 680, 248, 248), rounded(CLAY))
    on.shape(oval(800, 680, 204, 204), dark(CREAM, 0.16))
    on.shape(oval(802, 684, 198, 198), PAPER)
    for hour in range(12):
        length = 34 if hour % 3 == 0 else 18
        mark = [(800, 505), (800, 505 + length)]
        on.stroke(turn(mark, hour * 30, (800, 680)), INK, 9 if hour % 3 == 0 else 6)
    on.stroke(turn([(800, 690), (800, 582)], -56, (800, 680)), INK, 16)
    on.stroke(turn([(800, 700), (800, 545)], 58, (800, 680)), INK, 11)
    on.stroke(turn([(800, 710), (800, 560)], 186, (800, 680)), CLAY, 5)
    on.shape(oval(800, 680, 17, 17), CLAY)


def globe(on: Picture) -> None:
    on.shadow(800, 940, 190)
    on.body(800, [(30, 850), (34, 880), (140, 905), (150, 930)], WOOD)
    ring = turn(oval(800, 590, 278, 278), 23, (800, 590))
    on.shape(band(ring[17:75], 24), BRASS)
    on.stroke([(800, 850), (800, 880)], BRASS, 28)
    on.shape(oval(800, 590, 244, 244), rounded("#5b93a8"))
    americas = [(640, 440), (720, 420), (740, 480), (690, 530), (720, 590), (770, 650), (720, 770)]
    on.shape(smooth([*americas, (680, 690), (640, 600), (600, 540)]), [light(LEAF, 0.3), LEAF])
    africa = [(830, 480), (920, 440), (1000, 500), (1010, 580), (940, 620), (920, 720), (880, 690)]
    on.shape(smooth([*africa, (870, 600), (810, 560)]), [LEAF, dark(LEAF, 0.25)])
    on.shape(smooth([(800, 372), (880, 385), (900, 410), (820, 415)]), LEAF)
    on.shape(smooth([(950, 730), (1000, 700), (980, 760)]), dark(LEAF, 0.25))
    on.shape(smooth([(620, 520), (670, 440), (740, 390), (680, 470)]), "#ffffff50")
    for end in (turn([(800, 340)], 23, (800, 590)), turn([(800, 840)], 23, (800, 590))):
        on.shape(oval(*end[0], 20, 20), dark(BRASS, 0.1))


def _pencil(on: Picture, lean: float, top: float, colour: str) -> None:
    foot = (800, 950)
    for x, width, tone in (
        (776, 16, light(colour, 0.2)),
        (792, 16, colour),
        (808, 16, dark(colour)),
    ):
        on.shape(turn(box(x, top + 84, width, 760 - top), lean, foot), tone)
    on.shape(turn([(776, top + 86), (800, top), (824, top + 86)], lean, foot), light(WOOD, 0.45))
    on.shape(turn([(791, top + 32), (800, top), (809, top + 32)], lean, foot), dark(colour, 0.2))
    on.shape(turn(box(776, top + 80, 48, 10), lean, foot), dark(STEEL, 0.02))
