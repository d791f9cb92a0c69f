"""Where each thread and each task stands: what a test that waits in vain wants to know."""

import asyncio
import sys
import threading
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

FRAMES = 16
"""Of a thread, the innermost ones."""


def where_all_stand(event_loop: asyncio.AbstractEventLoop) -> str:
    """Return a line for each frame of the threads of this process and the tasks of the loop."""
    return "\n".join([*_threads(), *_tasks(event_loop)])


def _threads() -> Iterator[str]:
    names = {each.ident: each.name for each in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        if ident == threading.get_ident():
            continue
        yield f"thread {names.get(ident, ident)}:"
        for entry in traceback.extract_stack(frame)[-FRAMES:]:
            yield f"    {entry.filename}:{entry.lineno} {entry.name}"


def _tasks(event_loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    for task in asyncio.all_tasks(event_loop):
        yield f"task {task.get_name()}:"
        waits: Any = task.get_coro()
        while frame := _frame_of(waits):
            yield f"    {frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}"
            waits = getattr(waits, "cr_await", None)


def _frame_of(coroutine: object) -> FrameType | None:
    frame: FrameType | None = getattr(coroutine, "cr_frame", None)
    return frame
