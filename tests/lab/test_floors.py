"""The folders and files of `apps/lab`: none imports one of its own floor or a higher one."""

from tests.test_architecture import check_floors

FLOORS = [
    {"models", "map", "messages", "report", "polling", "templatetags"},
    {"feed", "queries", "handlers"},
    {"consumer", "faults", "member", "processes", "terminal"},
    {"services"},
    {"orders"},
    {"patterns"},
    {"course", "experiments", "inside", "live", "waterfall"},
    {"pages", "management"},
    {"urls", "apps"},
]
"""The lowest first."""


def test_no_part_of_the_lab_imports_upwards() -> None:
    check_floors("apps.lab", FLOORS)
