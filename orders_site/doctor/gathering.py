"""Gathers the checks of all apps, and runs them at once, each within a time limit."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from apps.messaging.finding import DoctorCheck, Finding, broken, skipped
from apps.messaging.worker.bounded_wait import Probe, probe
from orders_site.doctor import disk, docker, machine, shell, valid

LONGEST_SECONDS = 8.0
"""For all checks together; a hanging server is named before that by most of them."""


def findings(*, of_the_demo: bool) -> list[Finding]:
    """Return what all checks find, in the order of their subjects."""
    checks, off = _of_all_apps(of_the_demo=of_the_demo)
    # Before the threads: these checks change the environment for a moment.
    settled = list(valid.findings())
    ours = [
        DoctorCheck("disk", disk.findings, "look at the disk, which does not answer"),
        *([DoctorCheck("docker", docker.findings, "start Docker again")] if of_the_demo else []),
    ]
    return [
        *machine.findings(of_the_demo=of_the_demo),
        *shell.findings(shell.AS_GIVEN, of_the_demo=of_the_demo),
        *settled,
        *run([*ours, *checks]),
        *([skipped("servers", off)] if off else []),
    ]


def run(checks: Sequence[DoctorCheck], *, within: float = LONGEST_SECONDS) -> Iterator[Finding]:
    """Run them at once; one that raises, or does not end in time, is a finding itself."""
    with _quiet():
        probes = {each.name: Probe(partial(_found_by, each)) for each in checks}
        results = probe(probes, within=within)
    for each in checks:
        if problem := results.problems.get(each.name):
            yield broken(each.name, problem, each.mend)
        else:
            yield from results.answers[each.name]


def _of_all_apps(*, of_the_demo: bool) -> tuple[list[DoctorCheck], str]:
    """Return the checks of each app's `doctor` module, and why no server is asked, if none is.

    Such a module has `checks(*, of_the_demo)`, and may have `servers_are_off(*, of_the_demo)`.
    """
    modules: list[Any] = [
        import_module(f"{config.name}.doctor")
        for config in apps.get_app_configs()
        if config.name != "orders_site" and module_has_submodule(config.module, "doctor")
    ]
    checks = [each for module in modules for each in module.checks(of_the_demo=of_the_demo)]
    reasons = [
        module.servers_are_off(of_the_demo=of_the_demo)
        for module in modules
        if hasattr(module, "servers_are_off")
    ]
    off = next(filter(None, reasons), "")
    return [each for each in checks if not (off and each.asks_servers)], off


def _found_by(check: DoctorCheck) -> list[Finding]:
    return list(check.run())


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log of connections that fail out of the report, which says the same."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
