"""What `manage.py doctor` does before Django: it reports what keeps Django from starting.

It needs no package, and runs on older Pythons: whatever needs more is imported by its name.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from apps.messaging.finding import Finding, broken, skipped
from orders_site.doctor import docker, machine, report, shell


def examine(arguments: Sequence[str]) -> None:
    """Return if Django can start. Else print the report, and end with code 0 or 1.

    `arguments` are those after `doctor`.
    """
    of_the_demo = shell.means_the_demo(os.environ)
    if of_the_demo:
        os.environ["DEMO"] = "true"
    found = list(machine.findings(of_the_demo=of_the_demo))
    if sys.version_info[:2] < machine.OLDEST:
        _end(found, "settings", "as this Python is too old", arguments)
    try:
        _read_settings(arguments)
    except ImportError as error:
        if not any(map(_lacks_packages, found)):
            raise
        _end(found, "settings", f"as there is no {error.name}", arguments)
    except SystemExit as error:  # Its message is one line, with the mend.
        found.append(broken("settings", str(error.code).rstrip("."), ""))
        _end(found, "servers", "as the settings have their addresses", arguments)


def _lacks_packages(finding: Finding) -> bool:
    return finding.name == "packages" and " lacks " in finding.seen


def _read_settings(arguments: Sequence[str]) -> None:
    named = import_module("orders_site.command_line").settings_named(arguments)
    import_module("orders_site.conf.settings_module").choose(named)
    import_module(os.environ["DJANGO_SETTINGS_MODULE"])


def _end(found: list[Finding], name: str, why: str, arguments: Sequence[str]) -> None:
    of_the_demo = shell.means_the_demo(shell.AS_GIVEN)
    found += shell.findings(shell.AS_GIVEN, of_the_demo=of_the_demo)
    if of_the_demo:
        found += docker.findings()
    found.append(skipped(name, why))
    if "--json" in arguments:
        text = report.as_json(found, of_the_demo=of_the_demo)
    else:
        text = f"{report.as_text(found, of_the_demo=of_the_demo)}\n{report.summary(found)}"
    sys.stdout.write(f"{text}\n")
    sys.exit(1 if report.is_broken(found) else 0)
