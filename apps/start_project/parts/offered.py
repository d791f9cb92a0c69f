"""The parts that `start_project --without` offers."""

from apps.start_project.parts.lab import LAB
from apps.start_project.parts.part import Part
from apps.start_project.parts.request_reply import REQUEST_REPLY

PARTS: dict[str, Part] = {part.name: part for part in (LAB, REQUEST_REPLY)}
