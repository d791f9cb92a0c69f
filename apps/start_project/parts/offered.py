"""The parts that `start_project --without` offers."""

from collections.abc import Iterable

from apps.start_project.parts.celery import CELERY
from apps.start_project.parts.lab import LAB
from apps.start_project.parts.part import Part
from apps.start_project.parts.request_reply import REQUEST_REPLY
from apps.start_project.parts.sample_shop import SAMPLE_SHOP
from apps.start_project.parts.sqs import SQS

PARTS: dict[str, Part] = {
    part.name: part for part in (CELERY, LAB, REQUEST_REPLY, SAMPLE_SHOP, SQS)
}


def parts_of(names: Iterable[str]) -> list[Part]:
    """Return these parts, each once, and those that cannot stay without one of them."""
    found: dict[str, Part] = {}
    for name in names:
        found |= {each: PARTS[each] for each in (name, *PARTS[name].along)}
    return list(found.values())
