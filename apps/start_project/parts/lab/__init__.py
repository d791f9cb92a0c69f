"""The part `lab`: the pages that show messages and break them, and the rights that these need."""

from apps.start_project.parts.lab.code import CODE
from apps.start_project.parts.lab.deploy import DEPLOY
from apps.start_project.parts.lab.pages import PAGES
from apps.start_project.parts.lab.tests import TESTS
from apps.start_project.parts.part import Part, joined

LAB = Part(
    name="lab",
    what="the pages that show and break messages",
    paths=(
        "apps/demo/supervisor/control.py",
        "apps/demo/supervisor/workers_by_hand.py",
        "apps/lab",
        "apps/messaging/by_hand",
        "apps/scaffold/templates/job/nats_user.conf-tpl",
        "docs/course.md",
        "docs/lab.md",
        "docs/pictures",
        "tests/lab",
        "tests/acceptance/lab_terminal.py",
        "tests/acceptance/test_lab_lines.py",
        "tests/acceptance/test_lines_of_processes.py",
        "tests/acceptance/test_lab_terminal.py",
        "tests/messaging/by_hand",
        "tests/browser/keyboard.py",
        "tests/browser/lab.py",
        "tests/browser/lab_states.py",
        "tests/browser/test_consumer_lab.py",
        "tests/browser/test_course_lab.py",
        "tests/browser/test_hidden_lab.py",
        "tests/browser/test_keyboard_lab.py",
        "tests/browser/test_lab.py",
        "tests/browser/test_letters_lab.py",
        "tests/browser/test_load_lab.py",
        "tests/browser/test_processes_lab.py",
        "tests/browser/test_terminal_lab.py",
        "tests/browser/workbench.py",
        "tests/demo/supervisor/by_hand.py",
        "tests/demo/supervisor/test_control.py",
        "tests/demo/supervisor/test_workers_by_hand.py",
        "tests/deploy/lab_rights.py",
        "tests/deploy/test_lab_rights.py",
        "tests/deploy/test_lab_terminal_requests.py",
        "tests/deploy/test_lab_terminal_rights.py",
        "tests/system/test_experiments.py",
    ),
    cuts=joined(CODE, DEPLOY, TESTS, PAGES),
)
