"""A new responder: a request with its answer, a function that asks, and a process that answers."""

from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from apps.messaging.contracts.declared import declared_contracts
from apps.scaffold import names
from apps.scaffold.errors import AlreadyThere, UnfitName
from apps.scaffold.processes import NATS, add_nats_user, add_worker, name_in_settings
from apps.scaffold.rights import with_right
from apps.scaffold.tree import Tree, class_names

_MAY = (("web", "publish"), ("developer", "publish"), ("developer", "subscribe"))
"""Who asks, besides people, who may answer too."""


def new_responder(root: Path, subject: str, app: str) -> Tree:
    """Return the edits for a subject that is answered from the database of the app.

    Raises `ScaffoldError`.
    """
    subject, app = names.subject(subject), names.app(app, root)
    for path in settings.MESSAGING_STREAMS:
        if f"{subject.partition('.')[0]}.>" in import_string(path).subjects:
            raise UnfitName(f"the stream {path} stores {subject}, and would answer: name another.")
    if any(contract.address == subject for contract in declared_contracts()):
        raise AlreadyThere(f"the subject {subject} is in use already: docs/contracts names it.")
    name, query = names.snake(subject), f"{names.camel(subject)}Query"
    if where := class_names(root).get(query):
        raise AlreadyThere(f"the request {query} is in {where} already.")
    worker = f"{name}_responder"
    values = {
        "app": app,
        "subject": subject,
        "query": query,
        "answer": f"{names.camel(subject)}Answer",
        "words": names.sentence(subject).capitalize(),
        "name": name,
        "constant": name.upper(),
        "worker": worker,
        "password": f"NATS_PASSWORD_{worker.upper()}",
    }
    tree = Tree(root, values)
    _add_code(tree, app, subject, name)
    add_worker(tree, worker, "responder")
    add_nats_user(tree, worker, "responder")
    for user, right in _MAY:
        tree.edit(NATS, partial(with_right, user=user, right=right, subjects=[subject]))
    name_in_settings(tree, "CONTRACTS", "contract", "CONTRACTS")
    return tree


def _add_code(tree: Tree, app: str, subject: str, name: str) -> None:
    for module in ("contract", "responders", "client"):
        tree.add_to_app(module, f"responder/{module}.py")
    for kind in ("requests", "answers"):
        path = f"docs/contracts/examples/{kind}/{subject}.v1.json"
        tree.create(path, f"responder/{kind}.json")
    tree.create(f"tests/{app}/test_{name}_responder.py", "responder/test.py")
