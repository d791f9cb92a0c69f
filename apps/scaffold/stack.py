"""Edits of `deploy/cloudformation.yml` for a queue: itself, alarms, its worker's role, rights."""

from functools import partial

from apps.scaffold.text_edits import before_line
from apps.scaffold.tree import Tree

STACK = "deploy/cloudformation.yml"
_OTHERS = (
    ("outbox_relay", "Send", "Queue"),
    ("web", "CountWhatWaits", "Queue"),
    ("dead_letter_collector", "SeeWhetherQueuesAreWhole", "Queue"),
    ("dead_letter_collector", "TakeDeadLetters", "DeadLetters"),
)
"""Service, statement of its policy, and which of the two queues this is for."""


def add_to_stack(tree: Tree, logical: str) -> None:
    """Add what is named `logical` there, as the template's own queues have it."""
    queue, role = tree.rendered("job/stack_queue.yml"), tree.rendered("job/stack_role.yml")
    output = f"  {logical}WorkerRole: {{ Value: !GetAtt {logical}WorkerRole.Arn }}\n"
    for anchor, new in (
        ("  # --- Pictures", queue),
        ("  WebRole:\n", role),
        ("  WebRole: {", output),
    ):
        tree.edit(STACK, partial(before_line, anchor=anchor, new=new))
    for service, statement, which in _OTHERS:
        line = f"- !GetAtt {logical}{which}.Arn"
        tree.edit(STACK, partial(with_resource, service=service, statement=statement, line=line))


def with_resource(text: str, *, service: str, statement: str, line: str) -> str:
    """Return the template with one more item in the statement's list of resources.

    Raises `LookupError` with what was looked for.
    """
    lines = text.splitlines(keepends=True)
    wanted = [f"- PolicyName: {service}", f"- Sid: {statement}", "Resource:"]
    for at, found in enumerate(lines):
        if wanted and found.strip() == wanted[0]:
            wanted.pop(0)
        elif not wanted and not found.strip().startswith("- !"):
            return "".join([*lines[:at], _as_indented(lines[at - 1], line), *lines[at:]])
    raise LookupError(f"the list of resources of {statement} of {service}")


def _as_indented(other: str, line: str) -> str:
    return f"{' ' * (len(other) - len(other.lstrip()))}{line}\n"
