"""The files of the shop."""

_APPS = ("catalog", "fulfilment", "images", "notifications", "orders", "pricing", "sales")
_WORKERS = (
    *("fulfilment_consumer", "notification_consumer", "sales_consumer", "price_responder"),
    *("image_resizer", "preview_resizer", "order_listener"),
)
_PAGES = (
    *(
        "backup",
        "celery-on-sqs",
        "cluster",
        "dead-letters",
        "decisions",
        "differences",
        "durable-events",
    ),
    *("from-the-terminal", "glossary", "on-call", "operations", "performance", "publish-subscribe"),
    *("production", "rotation"),
    *(
        "first-event",
        "test-your-handler",
        "queue-group",
        "replay",
        "request-reply",
        "rights",
        "sqs-jobs",
        "testing",
        "tour",
        "tracing",
        "traps",
    ),
    "where",
)
_TESTS = (
    *("acceptance", "browser", "cable", "catalog", "demo/chaos", "demo/retail", "fulfilment"),
    *("grey", "images", "notifications", "orders", "pricing", "sales", "system"),
)
_FAILURES = (
    *("newer", "older", "test_away", "test_backup", "test_backup_at_aws"),
    *("test_killed_workers", "test_lost_lease", "test_lost_stream", "test_order_life"),
    *("test_paused_worker", "test_relays", "test_rollout", "test_stopping", "traffic"),
)
_DEPLOY = (
    *("conftest", "developer_rights", "nats_rights", "one_row", "pictures_at_work"),
    *("production", "production_page", "role", "test_production_page"),
    *("test_production_at_aws", "test_production_at_work", "test_proxy", "test_routes"),
    *("rotation_page", "test_images", "test_rotation", "test_rotation_at_brokers"),
    *("cluster_file", "nats_cluster", "test_cluster_limits", "test_rotation_of_routes"),
    *("rights_page", "test_alerts", "test_cloudformation", "test_collector_rights"),
    *("test_doctor_rights", "test_iam_policies", "test_iam_refusals", "test_nats_matrix"),
    *("test_nats_permissions", "test_postgresql_rights", "test_resend_rights", "test_rights_page"),
    *("test_run_slow", "workers_at_work"),
)
_OF_THE_SITE = (
    *("celery/test_celery_page", "celery/test_metrics", "celery/test_task"),
    "checks/test_production",
    *("checks/test_startup", "checks/test_times", "conf/test_aws_access"),
    *("conf/test_connect_timeouts", "conf/test_demo_defaults"),
    *("conf/test_environment", "conf/test_log_keys", "conf/test_pruning"),
    *("contracts/__init__", "contracts/test_contracts_of_the_shop", "doctor/test_doctor"),
    *("http/test_body_headers", "http/test_body_headers_served", "http/test_error_reasons"),
    *(
        "http/test_errors",
        "http/test_head",
        "http/test_measured",
        "http/test_nul_characters",
        "http/test_probes",
        "http/test_rates_of_threads",
    ),
    *("http/test_request_limits", "http/test_slow_served", "http/test_ways_in"),
    *("http/test_ways_in_served", "http/test_who_may_do_what", "large_tables", "query_plans"),
    *("test_admin", "test_admin_searches", "test_declared_streams", "test_other_places"),
    *("test_clock_of_figures", "test_pages_of_large_tables", "test_query_plans"),
)

_OF_OTHER_PARTS = (
    *(
        f"apps/start_project/parts/celery/instead/{path}"
        for path in ("apps/notifications", "deploy", "docs", "tests/notifications")
    ),
    *(
        f"apps/start_project/parts/sqs/instead/{path}"
        for path in (
            "apps",
            "deploy",
            "docs",
            "tests/deploy",
            "tests/images",
            "tests/notifications",
        )
    ),
    *(
        f"apps/start_project/parts/{part}/instead/workers/{worker}.py"
        for part, worker in (("celery", "mailer"), ("sqs", "mailer"), ("sqs", "image_resizer"))
    ),
)
"""What stands there instead of another part, and is for the shop."""

GONE = (
    *_OF_OTHER_PARTS,
    *(f"apps/{app}" for app in _APPS),
    *("apps/demo/assortment.py", "apps/demo/seed_again.py", "apps/demo/chaos"),
    "apps/demo/history",
    *("apps/demo/pictures", "apps/demo/retail"),
    *(f"apps/demo/management/commands/import_{what}.py" for what in ("catalogue", "orders")),
    "apps/demo/management/commands/prove.py",
    *("bench", "findings"),
    *("orders_site/conf/picture_storage.py", "orders_site/conf/s3_pictures.py"),
    "orders_site/checks/pictures.py",
    *(f"workers/{worker}.py" for worker in _WORKERS),
    *(f"deploy/iam/{worker}.json" for worker in ("notification_consumer", "preview_resizer")),
    "deploy/iam/image_resizer.json",
    *("deploy/compose.cluster.yml", "deploy/edge.Dockerfile", "deploy/haproxy.cfg"),
    "deploy/nats_cluster.conf",
    *("deploy/alerts.yml", "deploy/alerts.test.yml", "deploy/prometheus.yml"),
    "deploy/cloudformation.yml",
    *("apps/scaffold/stack.py", "apps/scaffold/templates/job/stack_queue.yml-tpl"),
    "apps/scaffold/templates/job/stack_role.yml-tpl",
    *(f"docs/{page}.md" for page in _PAGES),
    *("docs/contracts", "docs/performance.svg"),
    *(f"tests/{folder}" for folder in _TESTS),
    *(f"tests/failures/{name}.py" for name in _FAILURES),
    *(f"tests/deploy/{name}.py" for name in _DEPLOY),
    *(f"tests/orders_site/{name}.py" for name in _OF_THE_SITE),
    *(f"tests/fuzz/test_{name}.py" for name in ("api", "celery_messages", "messages", "web")),
    *("tests/test_commands_of_pages.py", "tests/test_first_event.py", "tests/scaffold"),
    "tests/test_management_lines.py",
    *("tests/demo/test_debugging.py", "tests/demo/test_reloading.py"),
    "tests/demo/test_history.py",
    *("tests/demo/test_seed.py", "tests/demo/test_seed_again.py", "tests/demo/test_environment.py"),
    *(f"tests/support/{name}.py" for name in ("checkout", "make_check", "other_places")),
    *("tests/support/commands_run.py", "tests/support/page_commands.py"),
    *("tests/support/page_edits.py", "tests/test_bench.py"),
    *("tests/test_page_statements.py", "tests/test_traps.py"),
)
"""Files, folders, and patterns of `PurePath.match`."""
