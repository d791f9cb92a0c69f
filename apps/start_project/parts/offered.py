"""The parts that `start_project --without` offers."""

from apps.start_project.parts.lab import LAB
from apps.start_project.parts.part import Part

PARTS: dict[str, Part] = {part.name: part for part in (LAB,)}
