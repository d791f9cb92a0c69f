"""What the lab has in tests that stay."""

from apps.start_project.parts.cuts import block, lines, marked, unit, words

TESTS = {
    "tests/conftest.py": (
        unit("no_lab_in_this_process"),
        lines("# A page of the lab starts it; tests without the lab do not import it."),
        block("if lab := sys.modules"),
    ),
    "tests/settings.py": (
        lines("# It would begin to watch every test's messages with the first request."),
        block("MIDDLEWARE = [each for each"),
    ),
    "tests/scaffold/test_scaffolds_at_work.py": (
        lines('drawn = terminal.page("/lab/")'),
        words("; its process on the map"),
        lines("node: str"),
        lines('node="orders_shipped",'),
        lines('node="invoice_worker",'),
        lines('node="stock_lookup_responder",'),
        lines(
            "assert [each for each in SCAFFOLDS if f'data-node=\"{each.node}\"' not in drawn] == []"
        ),
        words("plays_what_is_new_and_the_map_has_its_processes", "plays_what_is_new"),
    ),
    "tests/test_first_event.py": (
        unit("TICKED"),
        lines('assert TICKED in terminal.page("/lab/course/first-event/")'),
    ),
    "tests/test_architecture.py": (
        lines('{"by_hand"},  # lab'),
        lines('"lab",\n"start_project",\n},\n]', '"start_project",\n},\n]'),
        lines('DELETABLE = {\n"demo",\n"lab",', 'DELETABLE = {\n"demo",'),
    ),
    "tests/support/commands_run.py": (
        lines('("docs/lab.md", "*"): "tests/lab/test_deleting.py",'),
        lines('("docs/course.md", "*"): "tests/lab/course/test_lessons_at_work.py",'),
        block('("docs/course.md", "*"): "the page is made'),
    ),
    "tests/support/preloaded.py": (
        lines('"pygments.lexers.javascript",'),
        lines('"pygments.lexers.shell",'),
    ),
    "tests/acceptance/reader.py": (
        unit("queue_for_ourselves"),
        lines("from tests.acceptance.shop import Shop"),
        lines("from tests.support.waiting import eventually"),
    ),
    "tests/acceptance/test_from_the_terminal.py": (
        lines('queue_for_ourselves(section.title == "SQS", addresses),'),
        lines(
            'for client in (OF_SQS if section.title == "SQS" else OF_NATS)',
            'if section.title != "SQS"  # `image_resizer` would be quicker.\nfor client in OF_NATS',
        ),
    ),
    "tests/browser/pages.py": (marked("lab"),),
    "tests/browser/screenshots.py": (marked("lab"), words("; the pages of docs use two")),
    "tests/catalog/test_storefront.py": (unit("test_without_the_lab_pages_do_not_link_to_it"),),
    "tests/demo/test_start.py": (block('"LAB_NATS_URL": '),),
    "tests/deploy/nats_conf.py": (unit("_LAB_LINES"), unit("_LAB_BLOCKS"), unit("without_lab")),
    "tests/deploy/production.py": (
        words('type_line("sed", os.environ)', '(ROOT / "deploy/nats.conf").read_text()'),
    ),
    "tests/deploy/test_production_page.py": (
        unit("test_it_has_the_rights_without_the_lab_and_no_others"),
        lines("from tests.deploy.nats_conf import rights_of_users, without_lab"),
        lines("from tests.deploy.nats_users import CONFIG"),
    ),
    "tests/deploy/rights_page.py": (
        words("rights_of_users(without_lab(CONFIG))", "rights_of_users(CONFIG)", times=2),
        words("AND tablename NOT LIKE 'lab%%'"),
        words("It does not show the rights that the [lab](lab.md) adds."),
    ),
    "tests/deploy/test_rights_page.py": (
        words("rights_of_users(without_lab(CONFIG))", "rights_of_users(CONFIG)"),
    ),
    "tests/deploy/developer_rights.py": (
        words(
            '(("ADVISORIES", "dead_letter_collector"), ("LAB", "lab"))',
            '(("ADVISORIES", "dead_letter_collector"),)',
        ),
    ),
    "tests/deploy/pictures_at_work.py": (block('if apps.is_installed("apps.lab"):'),),
    "tests/deploy/workers_at_work.py": (block('if apps.is_installed("apps.lab"):'),),
    "tests/deploy/test_collector_rights.py": (
        unit("WITHOUT_LAB"),
        unit("test_an_advisory_whose_message_may_not_be_fetched_blocks_no_other"),
        lines(
            'give_up(server, "ORDERS", "orders.placed")\ngive_up(server, "LAB", "lab.kept.note")',
            'give_up(server, "ORDERS", "orders.placed")',
        ),
        words(
            "eventually(lambda: DeadLetter.objects.count() == 2)",
            "eventually(lambda: DeadLetter.objects.count() == 1)",
        ),
    ),
    "tests/deploy/test_compose_limits.py": (
        words(", and what the lab's experiments start is a user of its own"),
        words('{"NATS_PASSWORD_DEVELOPER", "NATS_PASSWORD_LAB"}', '{"NATS_PASSWORD_DEVELOPER"}'),
    ),
    "tests/messaging/jobs/test_worker.py": (
        words("As the lab's switch does; a stopped process differs", "A stopped process differs"),
    ),
    "tests/orders_site/checks/test_startup.py": (
        lines('apps = [app for app in django_settings.INSTALLED_APPS if app != "apps.lab"]'),
        block('monkeypatch.setattr(django_settings, "INSTALLED_APPS", apps)'),
        unit("test_the_lab_is_for_the_demo"),
    ),
    "tests/orders_site/conf/test_environment.py": (
        block('"LAB_NATS_URL": '),
        words(', "LAB_NATS_URL"}', "}"),
    ),
    "tests/orders_site/http/test_who_may_do_what.py": (
        lines("# The lab can be deleted, and with it the table of its own addresses."),
        words('apart = ("admin/", "lab/")', 'apart = "admin/"'),
    ),
    "tests/orders_site/contracts/test_contracts_of_the_shop.py": (
        lines('if not event.__module__.startswith("apps.lab.")'),
    ),
}
