"""The lines of `docs/rotation.md`, as its tests type them."""

import re

from tests.support.processes import ROOT

PAGE = (ROOT / "docs/rotation.md").read_text()


def typed(language: str, about: str) -> str:
    """Return the page's only block in this language that contains the word."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    found: str
    (found,) = [block for block in blocks if about in block]
    return found
