"""Spans in memory for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.support.spans import Spans, kept_spans


@pytest.fixture
def spans() -> Iterator[Spans]:
    with kept_spans() as spans:
        yield spans
