"""`docs/performance.svg`: a line for each ratio, on a logarithmic scale, from `bench/results.json`.

It is readable in light and dark, and at the width of a telephone.
"""

import math
from html import escape
from typing import Any

from bench.kit import table
from bench.kit.builds import ROOT
from bench.kit.results import Results, measured

PICTURE = ROOT / "docs" / "performance.svg"
_WIDTH, _ROW, _HEAD, _EDGE = 390, 40, 44, 14
_SMALLEST, _LARGEST = 0.05, 50.0
"""The ends of the scale; what is beyond is drawn at the end, and its number says what it is."""
_TICKS = (0.1, 1, 10)
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 11px; fill: #59636e }
.tick { stroke: #d1d9e0 } .same { stroke: #59636e; stroke-dasharray: 3 3 }
.better { stroke: #1a7f37; fill: #1a7f37 } .worse { stroke: #bc4c00; fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 }
.tick { stroke: #3d444d } .same { stroke: #9198a1 }
.better { stroke: #3fb950; fill: #3fb950 } .worse { stroke: #db6d28; fill: #db6d28 }
}"""


def draw(results: Results) -> None:
    """Draw all ratios that there are."""
    PICTURE.write_text(svg(results))


def svg(results: Results) -> str:
    """Return the picture; better is always to the right."""
    rows = [row for name in measured(results) for row in results[name]["rows"] if row["ratio"]]
    height = _HEAD + _ROW * len(rows) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        "<title>How many times as good the shop is as what stands beside it</title>",
        f"<style>{_STYLE}\n</style>",
        f'<text x="{_EDGE}" y="16">Times as good as what stands behind the slash</text>',
        *(_tick(each, height) for each in _TICKS),
        *(_line(row, _HEAD + _ROW * number) for number, row in enumerate(rows)),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _x(ratio: float) -> float:
    clipped = min(max(ratio, _SMALLEST), _LARGEST)
    share = math.log(clipped / _SMALLEST) / math.log(_LARGEST / _SMALLEST)
    return round(_EDGE + share * (_WIDTH - 2 * _EDGE), 1)


def _tick(ratio: float, height: int) -> str:
    x, kind = _x(ratio), "same" if ratio == 1 else "tick"
    return (
        f'<line class="{kind}" x1="{x}" x2="{x}" y1="{_HEAD - 8}" y2="{height}"/>'
        f'<text class="small" x="{x}" y="{_HEAD - 12}" text-anchor="middle">{ratio:g}</text>'
    )


def _line(row: dict[str, Any], top: int) -> str:
    good = _goodness(row["ratio"], is_inverse=row["better"] == "lower")
    low, middle, high = (_x(good[each]) for each in ("low", "median", "high"))
    kind = "better" if good["median"] >= 1 else "worse"
    title = escape(f"{row['title'].replace('`', '')} / {row['against']}")
    y = top + 24
    # The number stands where the mark does not.
    x, anchor = (_EDGE, "start") if middle > _WIDTH / 2 else (_WIDTH - _EDGE, "end")
    return (
        f'<text x="{_EDGE}" y="{top + 14}">{title}</text>'
        f'<g class="{kind}">'
        f'<line x1="{low}" x2="{high}" y1="{y}" y2="{y}" stroke-width="2"/>'
        f'<circle cx="{middle}" cy="{y}" r="4"/></g>'
        f'<text class="small" x="{x}" y="{top + 28}" text-anchor="{anchor}">'
        f"{table.spread(good)}</text>"
    )


def _goodness(ratio: dict[str, float], *, is_inverse: bool) -> dict[str, float]:
    """Return the ratio so that above 1 is better: half the time is twice as good."""
    if not is_inverse:
        return ratio
    inverse = {"low": "high", "median": "median", "high": "low"}
    return {name: 1 / ratio[other] for name, other in inverse.items()}
