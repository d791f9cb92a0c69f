"""The files of this checkout, for a test that needs a copy of them."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.python import ROOT


def files_of_the_checkout() -> list[str]:
    """Return the paths of all files but the ignored.

    A project that `start_project` made need not be a repository. So an empty one asks, to which
    each file is new.
    """
    with TemporaryDirectory() as empty:
        subprocess.run(["git", "init", "--quiet", empty], check=True)
        git = ["git", f"--git-dir={Path(empty) / '.git'}", f"--work-tree={ROOT}"]
        command = [*git, "ls-files", "--others", "--exclude-standard", "-z"]
        listed = subprocess.check_output(command, cwd=ROOT, text=True)
    return listed.removesuffix("\0").split("\0")


def copy_checkout(folder: Path, *beginnings: str) -> None:
    """Copy the files of the checkout, or those whose paths begin so, into the folder."""
    for name in files_of_the_checkout():
        if (ROOT / name).exists() and name.startswith(beginnings or ""):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
