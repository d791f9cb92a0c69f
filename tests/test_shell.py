"""Variables of a developer's shell change no test."""

import os
import re
import subprocess
import sys

from tests.support.processes import ROOT
from tests.support.shell import forget_the_shell, variables_of_the_shop

SHOW = """
import os
import tests.settings as ours
for name in dir(ours):
    if name.isupper():
        print(name, repr(getattr(ours, name)).replace(os.environ["DEMO_DIR"], "FOLDER"))
print(sorted(set(os.environ) - {"LC_CTYPE"}))
"""


def shown(**variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Objects are shown with their addresses, and a secret is made for each process.
    return re.sub(r"0x\w+|(?<=SECRET_KEY ).*", "", done.stdout)


def test_no_variable_of_the_shop_is_obeyed_by_tests() -> None:
    left_over = dict.fromkeys(variables_of_the_shop(), "2")
    files = {f"{name}_FILE": "/no/such/file" for name in left_over}
    assert shown(**left_over, **files) == shown()


def test_no_variable_of_a_library_is_obeyed_by_tests() -> None:
    others = ("AWS_RETRY_MODE", "CELERY_BROKER_URL", "BROKER_URL", "PGSSLMODE", "NO_COLOR")
    assert shown(**dict.fromkeys(others, "2"), DJANGO_SETTINGS_MODULE="os") == shown()


def test_variables_that_a_test_sets_reach_its_process() -> None:
    assert "STREAM_REPLICAS 5" in shown(SHELL_FORGOTTEN="true", STREAM_REPLICAS="5")


def test_variables_for_the_tests_themselves_stay() -> None:
    ours = {"TEST_DATABASE": "postgresql", "FUZZ": "9", "SHOP_URL": "http://h", "PATH": "/bin"}
    variables = ours | {"STREAM_REPLICAS": "3", "STREAM_REPLICAS_FILE": "/r"}
    forget_the_shell(variables)
    assert variables == ours
