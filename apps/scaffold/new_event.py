"""A new event: its class, a function that records it, and a consumer with a process of its own."""

from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from apps.messaging.events.streams import Stream
from apps.scaffold import names
from apps.scaffold.errors import AlreadyThere, UnfitName
from apps.scaffold.processes import NATS, add_nats_user, add_worker, name_in_settings
from apps.scaffold.rights import with_right
from apps.scaffold.tree import Tree, class_names

_OF_A_DURABLE = (
    "$JS.API.CONSUMER.CREATE.{}",
    "$JS.API.CONSUMER.CREATE.{}.>",
    "$JS.API.CONSUMER.DURABLE.CREATE.{}",
    "$JS.API.CONSUMER.DELETE.{}",
    "$JS.API.CONSUMER.PAUSE.{}",
    "$JS.API.CONSUMER.RESET.{}",
    "$JS.API.CONSUMER.UNPIN.{}",
    "$JS.API.CONSUMER.MSG.NEXT.{}",
    "$JS.ACK.{}.>",
    "$JS.ACK.*.*.{}.>",
)
"""What only the durable's own process may do, by stream and durable. People may do the rest."""
_TO_READ = ("$JS.API.CONSUMER.CREATE.{}", "$JS.API.CONSUMER.MSG.NEXT.{}")
"""The same for processes that have consumers of other names, and no other operation."""


def new_event(root: Path, subject: str, app: str) -> Tree:
    """Return the edits for an event of a stream of the app. Raises `ScaffoldError`."""
    subject, app = names.subject(subject), names.app(app, root)
    module, constant = _stream_of(subject, app).rsplit(".", 1)
    stream: Stream = import_string(f"{module}.{constant}")
    durable, event = names.snake(subject), names.event_class(subject)
    worker = f"{durable}_consumer"
    if where := class_names(root).get(event):
        raise AlreadyThere(f"the event {event} is in {where} already.")
    values = {
        "app": app,
        "subject": subject,
        "event": event,
        "words": names.sentence(subject),
        "name": durable,
        "durable": durable,
        "constant": durable.upper(),
        "worker": worker,
        "password": f"NATS_PASSWORD_{worker.upper()}",
        "stream": stream.name,
        "stream_module": module,
        "stream_constant": constant,
    }
    tree = Tree(root, values)
    _add_code(tree, app, subject, durable)
    add_worker(tree, worker, "event")
    add_nats_user(tree, worker, "event")
    _keep_others_off(tree, f"{stream.name}.{durable}")
    name_in_settings(tree, "CONSUMERS", "handlers", durable.upper())
    name_in_settings(tree, "CONTRACTS", "events", "CONTRACTS")
    return tree


def _add_code(tree: Tree, app: str, subject: str, durable: str) -> None:
    for module in ("events", "services", "handlers"):
        tree.add_to_app(module, f"event/{module}.py")
    tree.create(f"docs/contracts/examples/events/{subject}.v1.json", "event/example.json")
    tree.create(f"tests/{app}/test_{durable}.py", "event/test.py")


def _keep_others_off(tree: Tree, durable: str) -> None:
    """Users that may have consumers of any other name on the stream may not touch this one."""
    rights = {
        "celery": _TO_READ,
        "lab": _TO_READ,  # lab
        "developer": _OF_A_DURABLE,
    }
    for user, subjects in rights.items():
        denied = [each.format(durable) for each in subjects]
        tree.edit(NATS, partial(with_right, user=user, right="deny", subjects=denied))


def _stream_of(subject: str, app: str) -> str:
    """Return the dotted path of the stream that stores the subject."""
    first = subject.partition(".")[0]
    for path in settings.MESSAGING_STREAMS:
        if f"{first}.>" in import_string(path).subjects:
            if path.split(".")[1] != app:
                raise UnfitName(
                    f"{first}.> is the stream of another app: give --app {path.split('.')[1]}."
                )
            return str(path)
    stored = [each for path in settings.MESSAGING_STREAMS for each in import_string(path).subjects]
    raise UnfitName(
        f"no stream stores {subject}, only {', '.join(stored)}: declare a `Stream` for {first}.> "
        f"in apps/{app}/events.py, and name it in MESSAGING_STREAMS, first."
    )
