"""A new job: its class, a function that records it, a queue, and a process that works on it."""

from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from apps.scaffold import names
from apps.scaffold.errors import AlreadyThere
from apps.scaffold.processes import add_nats_user, add_worker, name_in_settings
from apps.scaffold.stack import add_to_stack
from apps.scaffold.text_edits import place_of_queues, with_queue
from apps.scaffold.tree import Tree, class_names

_RELAY = "deploy/iam/outbox_relay.json"


def new_job(root: Path, queue: str, app: str) -> Tree:
    """Return the edits for a job on a queue of its own. Raises `ScaffoldError`."""
    queue, app = names.queue(queue), names.app(app, root)
    for path in settings.MESSAGING_QUEUES:
        if import_string(path).name == queue:
            raise AlreadyThere(f"the queue {queue} is there already: {path}.")
    job, worker = f"{names.camel(queue)}Job", f"{queue}_worker"
    if where := class_names(root).get(job):
        raise AlreadyThere(f"the job {job} is in {where} already.")
    values = {
        "app": app,
        "name": queue,
        "queue": queue,
        "job": job,
        "logical": names.camel(queue),
        "words": names.sentence(queue),
        "constant": queue.upper(),
        "worker": worker,
        "password": f"NATS_PASSWORD_{worker.upper()}",
    }
    tree = Tree(root, values)
    _add_code(tree, app, queue)
    add_worker(tree, worker, "job")
    add_nats_user(tree, worker, "job", before="beat", mark="  # lab")  # lab
    _add_policies(tree, worker, queue)
    add_to_stack(tree, names.camel(queue))
    name_in_settings(tree, "QUEUES", "jobs", queue.upper())
    name_in_settings(tree, "CONTRACTS", "contract", "CONTRACTS")
    return tree


def _add_code(tree: Tree, app: str, queue: str) -> None:
    for module in ("contract", "services", "jobs"):
        tree.add_to_app(module, f"job/{module}.py")
    tree.create(f"docs/contracts/examples/jobs/{queue}.v1.json", "job/example.json")
    tree.create(f"tests/{app}/test_{queue}_job.py", "job/test.py")


def _add_policies(tree: Tree, worker: str, queue: str) -> None:
    """Let the worker take the jobs; the others make, fill, count and empty the two queues."""
    tree.values["place_of_queues"] = place_of_queues(tree.read(_RELAY))
    tree.create(f"deploy/iam/{worker}.json", "job/policy.json")
    dead = f"{queue}-dlq"
    for service, statement, name in (
        ("outbox_relay", "Send", queue),
        ("web", "CountWhatWaits", queue),
        ("provision", "MakeQueues", queue),
        ("provision", "MakeQueues", dead),
        ("provision", "NameDeadLetterQueues", dead),
        ("dead_letter_collector", "SeeWhetherQueuesAreWhole", queue),
        ("dead_letter_collector", "TakeDeadLetters", dead),
    ):
        edit = partial(with_queue, statement=statement, queue=name)
        tree.edit(f"deploy/iam/{service}.json", edit)
