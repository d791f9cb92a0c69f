"""Text between backticks in the lab's sentences."""

from apps.lab.templatetags.prose import prose


def test_words_between_backticks_are_code() -> None:
    assert prose("hears `orders.>` only") == "hears <code>orders.&gt;</code> only"


def test_words_without_backticks_stay_and_are_escaped() -> None:
    assert prose("a < b") == "a &lt; b"
