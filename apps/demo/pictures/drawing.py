"""A stage with a wall, a floor and a disc of light, and the means to draw a thing on it.

Everything is drawn at twice the size and reduced once, which is what smooths the edges. On the
stage x runs from 133 to 1467, y from 130 to 1130, and things stand at about (800, 930).
"""

import math
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from apps.demo.pictures.colours import dark, light, rgb, rounded
from apps.demo.pictures.outlines import TILT, Outline, Point, band, oval, turned

type Fill = str | Sequence[str]
"""One colour, or several that run from left to right (from top to bottom with `down`)."""

_REDUCTION = 2
_SIZE = (1600 * _REDUCTION, 1200 * _REDUCTION)
_SCALE = 1.2 * _REDUCTION
_HORIZON = 1725


class Picture:
    """What is drawn later covers what was drawn before."""

    def __init__(self, wall: str, disc: str) -> None:
        self._image = _ground(wall, disc).copy()
        self._pen = ImageDraw.Draw(self._image, "RGBA")

    def shape(self, outline: Sequence[Point], fill: Fill, *, down: bool = False) -> None:
        """Fill an outline; a colour written `#rrggbbaa` lets through what lies beneath."""
        if isinstance(fill, str):
            self._pen.polygon(_placed(outline), fill=fill)
        else:
            _fill(self._image, _placed(outline), fill, down=down)

    def body(self, x: float, profile: Sequence[Point], colour: str, *, soft: bool = True) -> None:
        """Put down a turned body, lit from the left."""
        self.shape(turned(x, profile, soft=soft), rounded(colour))

    def rim(self, x: float, y: float, half: float, colour: str, inside: str = "") -> None:
        """Open a round body at its top: the edge, and what is seen inside."""
        self.shape(oval(x, y, half, half * TILT), light(colour, 0.45))
        within = oval(x, y + 2, half - 13, (half - 13) * TILT)
        self.shape(within, inside or dark(colour, 0.5))

    def stroke(self, points: Sequence[Point], colour: str, width: float) -> None:
        """Draw a line with round ends."""
        self.shape(band(points, width), colour)

    def letter(self, text: str, middle: Point, size: float, colour: str) -> None:
        font = ImageFont.load_default(size * _SCALE)
        self._pen.text(_placed([middle])[0], text, fill=colour, font=font, anchor="mm")

    def shadow(self, x: float, y: float, rx: float, ry: float = 30, depth: int = 110) -> None:
        """Lay a soft shadow on the floor."""
        coarse = 16  # A blur shows no detail: an eighth of the size is enough for it.
        ((left, top), (right, bottom)) = _placed([(x - rx, y - ry), (x + rx * 1.12, y + ry)])
        margin = 10
        width, height = int(right - left) // coarse, int(bottom - top) // coarse
        mask = Image.new("L", (width + margin * 2, height + margin * 2))
        ImageDraw.Draw(mask).ellipse([margin, margin, margin + width, margin + height], fill=depth)
        mask = mask.filter(ImageFilter.GaussianBlur(2.6))
        mask = mask.resize((mask.width * coarse, mask.height * coarse))
        corner = (int(left) - margin * coarse, int(top) - margin * coarse)
        self._image.paste(Image.new("RGB", mask.size, "#2a1f3d"), corner, mask)

    def finished(self) -> Image.Image:
        return self._image.reduce(_REDUCTION)


@lru_cache(maxsize=1)  # Pictures of one shelf are drawn one after the other.
def _ground(wall: str, disc: str) -> Image.Image:
    width, height = _SIZE
    image = Image.new("RGB", _SIZE)
    image.paste(_run([light(wall, 0.34), wall], (width, _HORIZON), down=True), (0, 0))
    glow = oval(800, 590, 385, 385)
    _fill(image, _placed(glow), [light(disc, 0.25), disc], down=True)
    floor = [dark(wall, 0.13), dark(wall, 0.04), light(wall, 0.1)]
    image.paste(_run(floor, (width, height - _HORIZON), down=True), (0, _HORIZON))
    return image


def _placed(points: Sequence[Point]) -> Outline:
    width, height = _SIZE
    return [((x - 800) * _SCALE + width / 2, (y - 930) * _SCALE + height * 0.8) for x, y in points]


def _fill(image: Image.Image, outline: Outline, colours: Sequence[str], *, down: bool) -> None:
    left, top = (math.floor(min(axis)) for axis in zip(*outline, strict=True))
    right, bottom = (math.ceil(max(axis)) + 1 for axis in zip(*outline, strict=True))
    size = (right - left, bottom - top)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in outline], fill=255)
    image.paste(_run(colours, size, down=down), (left, top), mask)


def _run(colours: Sequence[str], size: tuple[int, int], *, down: bool) -> Image.Image:
    strip = Image.new("RGB", (1, len(colours)) if down else (len(colours), 1))
    strip.putdata([rgb(colour) for colour in colours])
    line = strip.resize((1, size[1]) if down else (size[0], 1), Image.Resampling.BICUBIC)
    return line.resize(size, Image.Resampling.NEAREST)
