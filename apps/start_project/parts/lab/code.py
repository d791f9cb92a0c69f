"""What the lab has in the code: settings, addresses, links, checks."""

from apps.start_project.parts.cuts import block, lines, marked, unit, words

CODE = {
    "orders_site/settings.py": (
        lines(
            "# The lab breaks messages on purpose, in the demo alone. Without its folder it is off."
        ),
        unit("LAB"),
        lines('STATUS_OMITS = ["LAB", "lab"] if LAB else []', "STATUS_OMITS: list[str] = []"),
        unit("LAB_NATS_URL"),
        unit("SUPERVISOR_SOCKET"),
        unit("LAB_TERMINAL_SECONDS"),
        block("if LAB:"),
    ),
    "orders_site/urls.py": (block("if settings.LAB:"),),
    "orders_site/wsgi.py": (block("if settings.LAB:"),),
    "orders_site/conf/demo_defaults.py": (
        lines('"LAB_NATS_URL",'),
        words(
            '{"MEDIA_STORAGE": "files", "LAB_NATS_URL": local["NATS_URL"], **local}',
            '{"MEDIA_STORAGE": "files", **local}',
        ),
    ),
    "orders_site/conf/logs.py": (block('"/lab/live/",'),),
    "orders_site/checks/startup.py": (
        block('if not settings.DEMO and "apps.lab" in settings.INSTALLED_APPS:'),
    ),
    "orders_site/templates/base.html": (
        words('{% has_app "apps.lab" as lab_on %}'),
        block('{% if lab_on %}<li class="apart">'),
        block("{% if lab_on %}<li><a"),
    ),
    "apps/orders/queries.py": (unit("newest_ids"),),
    "apps/orders/templates/orders/order.html": (block('{% has_app "apps.lab" as lab_on %}'),),
    "apps/catalog/templatetags/storefront.py": (unit("has_app"),),
    "apps/demo/environment.py": (
        block('lab = f"  Lab '),
        block("if not settings.LAB:"),
        words("{lab}  API", "  API"),
    ),
    "apps/demo/folder.py": (lines('"demo.socket",'),),
    "apps/demo/start.py": (
        words("import Collection, Iterator", "import Collection"),
        lines("from contextlib import contextmanager"),
        lines("from apps.demo.supervisor.control import answering"),
        lines("from apps.demo.supervisor.workers_by_hand import WorkersByHand"),
        words("as supervisor, _by_hand(supervisor):", "as supervisor:"),
        unit("_by_hand"),
    ),
    "apps/demo/supervisor/__init__.py": (
        words("`control` is a socket, at which `workers_by_hand` does what a person asks for."),
    ),
    "apps/demo/chaos/audit.py": (words("; the lab's consumer reads another stream."),),
    "apps/scaffold/names.py": (marked("lab"),),
    "apps/scaffold/new_event.py": (marked("lab"),),
    "apps/scaffold/new_job.py": (marked("lab"),),
    "apps/scaffold/templates/event/nats_user.conf-tpl": (marked("lab"),),
    "apps/scaffold/templates/job/service.yml-tpl": (marked("lab"),),
    "apps/scaffold/templates/responder/nats_user.conf-tpl": (marked("lab"),),
    "apps/messaging/hooks/points.py": (
        words(
            "A test attaches a function to one point, the lab attaches one to all;",
            "A test attaches a\nfunction to one point, or to all;",
        ),
    ),
    "apps/messaging/hooks/faults.py": (
        words(" and by `manage.py fault`; a fault that is on may have one too"),
    ),
}
