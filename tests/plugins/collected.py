"""Spares Python's garbage collector what is collected of tests, which all lives until the end."""

import gc
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let it rest meanwhile, and let it never look at these objects later.

    They are about 400,000, and pytest alone looks for garbage five times when a process ends.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
