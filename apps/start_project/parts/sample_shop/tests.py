"""What the shop has in tests that stay."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts

TESTS: Cuts = {
    "tests/demo/test_launch_files.py": (
        lines('"DECODER_SECONDS": "1800",'),
        words("; a preview has two decodings"),
    ),
    "tests/plugins/demos.py": (
        unit("pytest_plugins"),
        words("for all tests that play with the whole shop", "for all tests that play with it"),
        words(
            "Intervals of a minute are seconds here; prices may come late on a busy machine.",
            "An interval of a minute is seconds here.",
        ),
        lines('"PRICE_REFRESH_SECONDS": "3",\n"PRICE_LOOKUP_TIMEOUT": "4",'),
    ),
    "tests/demo/running.py": (lines('"DEMO_HISTORY": "false",'),),
    "tests/settings.py": (
        lines('os.environ["DEMO_HISTORY"] = "false"  # A test begins with an empty shop.'),
        lines(
            "# Prices may come late on a busy machine; who tests what comes too late sets a time "
            "of its own.",
        ),
        unit("PRICE_LOOKUP_TIMEOUT"),
    ),
    "tests/test_architecture.py": (
        lines(
            '{"images"},\n{"catalog"},\n{"pricing"},\n{"orders"},\n'
            '{"fulfilment", "notifications", "sales"},',
            '{"parcels"},',
        ),
        words("The arrows of docs/decisions.md: which app", "Which app"),
        lines("# docs/traps.md says of each what it would do here."),
        unit("LONGER_FUNCTIONS"),
        lines('"""File and function → why it reads better whole."""'),
        lines(
            '"""But for those of `LONGER_FUNCTIONS`, which are still long where their files are."""'
        ),
        words("{each for each in LONGER_FUNCTIONS if (ROOT / each[0]).exists()}", "set()"),
        unit("test_the_acceptance_suite_imports_no_product_code"),
        words('modules(*OURS, "bench")', "modules(*OURS)", times=0),
    ),
    "tests/test_pages.py": (
        words('ROOT / "docs" / "example"', "ROOT"),
        unit("test_code_that_a_page_shows_is_the_source"),
        unit("shown_code"),
        unit("SHOWN"),
        unit("run_together"),
        unit("glossary"),
        unit("test_the_glossary_is_in_order_and_explains_a_term_once"),
        unit("test_each_term_is_used_in_the_file_that_the_glossary_names"),
        unit("test_each_name_in_the_tour_is_in_the_file_beside_it"),
        unit("test_the_tour_says_how_many_files_it_has"),
        unit("test_an_orders_way_says_how_many_files_it_has"),
        unit("test_the_contents_of_decisions_are_its_headings"),
        unit("test_each_folder_of_an_app_that_is_listed_by_folders_has_a_row"),
    ),
    "tests/demo/test_start.py": (
        lines('"MEDIA_BUCKET": "pictures",\n"MEDIA_DOMAIN": "pictures.example.com",'),
        lines('"MEDIA_STORAGE": "s3",'),
        words('{**DEFAULTS, "MEDIA_BUCKET": ""}', '{**DEFAULTS, "QUEUE_PREFIX": ""}'),
    ),
    "tests/demo/test_doctor.py": (
        words('("orders", ', '("parcels", ', times=3),
        words("with orders.9999", "with parcels.9999"),
    ),
    "tests/demo/test_floors.py": (
        words(', "pictures"'),
        words(', "assortment", "supervisor", "retail"', ', "supervisor"'),
        words(
            '"seed", "history", "environment", "ports", "chaos"', '"seed", "environment", "ports"'
        ),
        words('"seed_again", '),
    ),
    "tests/demo/test_folder.py": (
        lines("from apps.demo.chaos.shop import RunningShop"),
        unit("test_the_chaos_test_may_write_first"),
    ),
    "tests/orders_site/http/test_probes_served.py": (
        words('PAGE = "/"', 'PAGE = "/admin/login/"'),
    ),
    "tests/orders_site/conf/test_env_example.py": (
        lines('"conf/picture_storage.py",'),
        words('{"DEMO", "MEDIA_BUCKET"}', '{"DEMO", "MEDIA_ROOT"}'),
    ),
    "tests/orders_site/celery/test_transport.py": (
        words(
            "beside kombu's own, without a worker; `tests/notifications` runs it in one.",
            "beside kombu's own, without a worker.",
        ),
    ),
    "tests/orders_site/conf/test_longest_times.py": (
        lines('"S3_CALL_SECONDS": "4.5",'),
        lines("from orders_site.conf.s3_pictures import PicturesInS3"),
        words(
            'celery, s3 = transport_options()["client-config"], '
            'PicturesInS3(bucket_name="b").client_config',
            'celery = transport_options()["client-config"]',
        ),
        words(", s3.connect_timeout, s3.read_timeout"),
        words("2, 2.5, 2, 4.5]", "2, 2.5]"),
    ),
    "tests/test_page_figures.py": (
        unit("rows"),
        unit("test_tables_of_operations_show_the_defaults"),
    ),
    "tests/deploy/test_answers_at_inboxes.py": (words('"orders.placed"', '"parcels.sent"'),),
    "tests/deploy/test_compose_file.py": (words('queue="jobs"', 'queue="labels"'),),
    "tests/deploy/test_compose_limits.py": (
        lines("from apps.images import sandbox\nfrom apps.images.answers import MB"),
        unit("DECODERS"),
        lines('| dict.fromkeys(DECODERS, "shop_pictures")'),
        words('"web": {"data:/data", "pictures:/pictures"}', '"web": {"data:/data"}'),
        words('"seed": {"data:/data", "pictures:/pictures"}', '"seed": {"data:/data"}'),
        lines(
            '"preview_resizer": {"pictures:/pictures"},\n"image_resizer": {"pictures:/pictures"},',
        ),
        lines('"celery": {"mail:/mail"},'),
        lines(
            '"observe": {\n"./deploy/prometheus.yml:/otel-lgtm/prometheus.yaml:ro",\n'
            '"./deploy/alerts.yml:/otel-lgtm/alerts.yml:ro",\n},'
        ),
        unit("test_a_decoders_own_limit_is_below_its_containers"),
    ),
    "tests/deploy/test_workflow.py": (
        words('"test-slow", "test-browser", "audit"', '"test-slow", "audit"'),
    ),
    "tests/deploy/postgresql_shop.py": (
        lines("OWNER, APP, WORKERS, PICTURES = ROLES = (", "OWNER, APP, WORKERS = ROLES = ("),
        lines('"shop_pictures",'),
    ),
    "tests/deploy/rights_by_need.py": (
        lines('("catalog_product", "UPDATE"): "stock",', '("parcels_parcel", "UPDATE"): "label",'),
        lines('("orders_order", "UPDATE"): "status, reason, ended_at",'),
    ),
    "tests/messaging/jobs/test_in_flight.py": (words("; see docs/traps.md"),),
    "tests/failures/promises.py": (
        unit("STOCK"),
        unit("until_all_have_ended"),
        unit("until_handled"),
        unit("stored_events"),
        unit("check_all_confirmed_once"),
        unit("until_all_is_mailed"),
        unit("counted"),
        unit("check_each_ended_once"),
        unit("mails_of"),
    ),
    "tests/test_released_migrations.py": (words("> 20", "> 5"),),
}
