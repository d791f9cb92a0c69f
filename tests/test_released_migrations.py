"""A migration that was released is neither edited nor removed."""

from pathlib import Path

import pytest

from tests import released_migrations
from tests.released_migrations import LIST, digest_of, main, present, released


def test_no_released_migration_was_edited_or_removed() -> None:
    """Undo the change, and make a new migration; `python -m tests.released_migrations` adds it."""
    now = present()
    assert {path for path, digest in released().items() if now.get(path) != digest} == set()


def test_the_list_has_migrations() -> None:
    assert len(LIST.read_text().splitlines()) > 20


def test_the_end_of_a_line_does_not_count_and_its_text_does() -> None:
    text = "class Migration:\n    operations = []\n"
    assert digest_of(text) == digest_of(text.replace("\n", "  \r\n"))
    assert digest_of(text) != digest_of(text.replace("[]", "[1]"))


def test_the_command_adds_new_ones_and_changes_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = present()
    listed = tmp_path / "list.txt"
    listed.write_text(f"{'0' * 64}  {first}\n")
    monkeypatch.setattr(released_migrations, "LIST", listed)
    main()
    assert capsys.readouterr().out.splitlines() == others
    assert released() == present() | {first: "0" * 64}
    main()
    assert capsys.readouterr().out == ""
