"""What each new worker needs around its module: its place in settings, compose, NATS and lists."""

from functools import partial

from apps.scaffold.python_edits import with_element
from apps.scaffold.rights import with_user
from apps.scaffold.text_edits import before_line
from apps.scaffold.tree import Tree

MESSAGING = "orders_site/conf/messaging.py"
WORKERS = "orders_site/conf/worker_processes.py"
NATS = "deploy/nats.conf"
COMPOSE = "docker-compose.yml"
VARIABLES = ".env.example"
NEIGHBOUR = "dead_letter_collector"
"""The process before which a new one stands in these files."""
LISTS = (
    (".vscode/launch.json", '        "{}"', ","),
    ("deploy/docker-compose.override.example.yml", "  {}:", " *worker"),
    ("deploy/prometheus.yml", "          - {}", ""),
    ("deploy/compose.cluster.yml", "  {}:", " *two"),
)
"""File that has a line for each process → how the line begins, and how it ends."""


def add_worker(tree: Tree, worker: str, kind: str) -> None:
    """Add the module, the service, the entry in `WORKERS`, and its line in each of `LISTS`.

    `kind` is the templates' folder.
    """
    tree.create(f"workers/{worker}.py", f"{kind}/worker.py")
    entry = f'"{worker}": 1'
    tree.edit(WORKERS, lambda text: with_element(text, "WORKERS", entry))
    service = tree.rendered(f"{kind}/service.yml")
    tree.edit(COMPOSE, lambda text: before_line(text, f"  {NEIGHBOUR}:", service))
    for path, line, end in LISTS:
        anchor, new = line.format(NEIGHBOUR), f"{line.format(worker)}{end}\n"
        tree.edit(path, partial(before_line, anchor=anchor, new=new))


def add_nats_user(
    tree: Tree, worker: str, kind: str, *, before: str = NEIGHBOUR, mark: str = ""
) -> None:
    """Add its user at NATS and the password's variable, before those of another process.

    `mark` is a comment behind the variable.
    """
    block = tree.rendered(f"{kind}/nats_user.conf")
    tree.edit(NATS, partial(with_user, block=block, before=before))
    variable, its = f"NATS_PASSWORD_{worker.upper()}", f"NATS_PASSWORD_{before.upper()}"
    line = f"      {variable}: ${{{variable}:-demo}}{mark}\n"
    tree.edit(COMPOSE, lambda text: before_line(text, f"      {its}:", line))
    tree.edit(VARIABLES, lambda text: before_line(text, f"#{its}=", f"#{variable}=demo\n"))


def name_in_settings(tree: Tree, setting: str, module: str, constant: str) -> None:
    """Name a constant of this module of the app in a list of the settings, unless it is there.

    `setting` is `CONSUMERS` for `MESSAGING_CONSUMERS`.
    """
    path = f'"apps.{tree.values["app"]}.{tree.values[module]}.{constant}"'
    tree.edit(MESSAGING, lambda text: with_element(text, setting, path))
