"""The folders and files of `apps/demo`: none imports one of its own floor or a higher one."""

from tests.test_architecture import check_floors

FLOORS = [
    {"errors", "listeners", "other_version", "pictures", "reloading"},
    {"folder", "assortment", "supervisor", "retail"},
    {"seed", "history", "environment", "ports", "chaos"},
    {"seed_again", "start"},
    {"apps", "doctor", "management"},
]
"""The lowest first."""


def test_no_part_of_the_demo_imports_upwards() -> None:
    check_floors("apps.demo", FLOORS)
