"""Collected files: `web` sees whether they are those that the release brings."""

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from orders_site.checks.web import errors_of_pages


@pytest.fixture
def sources(settings: Settings, tmp_path: Path) -> Path:
    """A folder of one stylesheet and one picture, collected as production does."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "shop.css").write_text("body { background: url(mark.svg) }")
    (folder / "mark.svg").write_text("<svg/>")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [("shop", str(folder))]
    settings.STATIC_ROOT = str(tmp_path / "collected")
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "orders_site.http.static_files.CollectedFiles"}
    }
    collect()
    return folder


def collect() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def found() -> list[str]:
    return [each.msg for each in errors_of_pages()]


def test_freshly_collected_files_give_no_message(sources: Path) -> None:
    assert found() == []


@pytest.mark.parametrize("changed", ["shop.css", "mark.svg", "new.js"])
def test_a_changed_file_is_named_until_it_is_collected(sources: Path, changed: str) -> None:
    (sources / changed).write_text("/* of the next release */")
    (said,) = found()
    assert said.endswith(f"another release: shop/{changed}.")
    collect()
    assert found() == []


def test_a_file_of_an_older_release_is_ignored(sources: Path) -> None:
    (sources / "mark.svg").unlink()
    assert found() == []


@pytest.mark.parametrize("record", [None, "", '{"shop/shop.css": '])
def test_a_missing_or_broken_record_counts_as_outdated(
    settings: Settings, sources: Path, record: str | None
) -> None:
    path = Path(settings.STATIC_ROOT) / "sources.json"
    if record is None:
        path.unlink()
    else:
        path.write_text(record)
    (said,) = found()
    assert said.endswith("another release: shop/mark.svg, shop/shop.css.")


def test_a_dry_run_of_collectstatic_records_nothing(sources: Path) -> None:
    (sources / "shop.css").write_text("/* of the next release */")
    call_command("collectstatic", interactive=False, verbosity=0, dry_run=True)
    assert len(found()) == 1
