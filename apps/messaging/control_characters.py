"""Foreign text for a terminal: what would move the cursor, or worse, is shown and not obeyed."""

import re

# All of C0 and C1, DEL, and what turns the direction of reading or breaks a line unseen.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


def escaped(text: str, *, keep: str = "") -> str:
    r"""Return it with each control character as Python would write it, `\x1b`, but for those kept.

    Where line breaks are kept, the author of the text can imitate lines of our own: indent
    it.
    """
    return _CONTROLS.sub(lambda found: _shown(found[0], keep), text)


def _shown(character: str, keep: str) -> str:
    return character if character in keep else character.encode("unicode_escape").decode()
