"""The files of this checkout, for a test that needs a copy of them."""

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
