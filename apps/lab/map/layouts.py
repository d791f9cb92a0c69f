"""The map's two layouts: from left to right on a wide page, from top to bottom on a phone.

What has no place here stands in rows below (`free_space`).
"""

from apps.lab.map.drawing import Layout, Place
from apps.lab.map.free_space import TALL_BELOW, WIDE_BELOW, with_rows
from apps.lab.map.topology import rows_below

_COLUMNS = (0, 222, 430, 638, 838, 1038)
_ROWS = (4, 90, 176, 262, 348, 434)


def _cell(column: int, row: int) -> Place:
    return Place(_COLUMNS[column], _ROWS[row], 146, 62)


WIDE = Layout(
    name="wide",
    width=1184,
    height=530,
    lines=((0, 1), (1, 3)),
    places={
        "shop": Place(0, 4, 118, 320),
        "responders": _cell(2, 0),
        "listener": _cell(3, 1),
        "outbox": _cell(1, 2),
        "relay": _cell(2, 2),
        "stream": _cell(3, 2),
        "resizers": _cell(1, 3),
        "jobs": _cell(3, 4),
        "fulfilment": _cell(4, 1),
        "sales": _cell(4, 2),
        "notification": _cell(4, 3),
        "image_resizer": _cell(4, 4),
        "beat": _cell(5, 2),
        "tasks": _cell(5, 3),
        "celery": _cell(5, 4),
        "mail": _cell(5, 5),
        "collector": _cell(3, 5),
        "letters": _cell(4, 5),
        "terminal": Place(72, 348, 126, 62),
    },
    routes={
        "ask": "right > left .25",
        "prices": "right > left .75",
        "offer": "right > left .5",
        "record": "right > left .5",
        "decide": "top .5 > 78 > top .5",
        "claim": "right > left .5",
        "publish": "right > left .5",
        "hear": "top .75 > left .5",
        "send": "right .8 > 607 > left .5",
        "fulfilment": "right .3 > 811 > left .5",
        "sales": "right > left .5",
        "notification": "right .7 > 811 > left .5",
        "enqueue": "right > left .5",
        "schedule": "bottom > top .5",
        "take": "bottom > top .5",
        "deliver": "bottom > top .5",
        "work": "right > left .5",
        "collector-buries": "right > left .5",
        "fulfilment-buries": "right .75 > 1011 > right .4",
        "sales-buries": "right .75 > 1011 > right .4",
        "notification-buries": "right .8 > 1011 > right .4",
        "image_resizer-buries": "bottom > top .5",
        "celery-buries": "left .75 > 1011 > right .4",
        "resizers-buries": "bottom .5 > 511 > bottom .35",
        "relay-buries": "bottom .5 > 511 > bottom .35",
        "redrive": "bottom .65 > 522 > 208 > left .75",
        "typed-job": "right > left .75",
        "typed-preview": "top .8 > left .75",
        "typed-event": "right .1 > 592 > left .95",
    },
    labels={
        "ask": (128, 14),
        "prices": (128, 45),
        "offer": (128, 286),
        "decide": (600, 72),
        "publish": (580, 201),
        "hear": (547, 115),
    },
)
TALL = Layout(
    name="tall",
    width=358,
    height=724,
    lines=((0, 1), (1, 2), (2, 3)),
    places={
        "shop": Place(16, 2, 330, 46),
        "responders": Place(16, 84, 112, 62),
        "outbox": Place(136, 84, 86, 62),
        "resizers": Place(230, 84, 116, 62),
        "relay": Place(134, 176, 90, 48),
        "listener": Place(248, 176, 98, 48),
        "terminal": Place(16, 176, 104, 48),
        "stream": Place(16, 262, 236, 62),
        "jobs": Place(258, 262, 88, 62),
        "fulfilment": Place(16, 362, 76, 78),
        "sales": Place(98, 362, 66, 78),
        "notification": Place(170, 362, 82, 78),
        "image_resizer": Place(258, 362, 88, 78),
        "beat": Place(80, 478, 66, 62),
        "tasks": Place(170, 478, 82, 62),
        "celery": Place(170, 570, 82, 48),
        "mail": Place(270, 570, 76, 48),
        "letters": Place(16, 654, 228, 48),
        "collector": Place(266, 654, 80, 48),
    },
    routes={
        "ask": "bottom > top .35",
        "prices": "bottom > top .65",
        "offer": "bottom > top .5",
        "record": "bottom > top .5",
        "decide": "left .5 > 9 > 161 > bottom .3",
        "claim": "bottom > top .5",
        "publish": "bottom .5 > top",
        "hear": "right > left .5",
        "send": "bottom .8 > 246 > top .5",
        "fulfilment": "bottom > top .5",
        "sales": "bottom > top .5",
        "notification": "bottom > top .5",
        "enqueue": "bottom > top .5",
        "schedule": "right > left .5",
        "take": "bottom > top .5",
        "deliver": "right > left .5",
        "work": "bottom > top .5",
        "collector-buries": "left > right .5",
        "fulfilment-buries": "bottom .5 > top",
        "sales-buries": "bottom .3 > 458 > top .167",
        "notification-buries": "bottom .2 > 458 > top .167",
        "image_resizer-buries": "right .7 > 353 > 714 > bottom .7",
        "celery-buries": "bottom .5 > top",
        "resizers-buries": "right .5 > 353 > 714 > bottom .7",
        "relay-buries": "bottom .95 > 236 > 353 > 714 > bottom .7",
        "redrive": "left .5 > 3 > 154 > bottom .15",
        "typed-job": "bottom .8 > 234 > top .25",
        "typed-preview": "top .8 > 154 > bottom .3",
        "typed-event": "bottom .3 > top",
    },
    labels={},
)


def layouts() -> list[Layout]:
    """Return both with what the settings declare beyond them."""
    rows = rows_below()
    return [with_rows(WIDE, WIDE_BELOW, rows), with_rows(TALL, TALL_BELOW, rows)]
