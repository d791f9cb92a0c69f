"""Reads of the lab's tables; nothing here writes."""

from typing import Any

from django.utils import timezone

from apps.lab.models import Fault, Load, Run


def faults_on() -> list[Fault]:
    """Return the faults that are on, without those of experiments."""
    return list(Fault.objects.filter(until__gt=timezone.now(), trace=""))


def load_rate() -> int:
    """Return orders a second; 0 when its time is over."""
    load = Load.objects.filter(until__gt=timezone.now()).first()
    return load.rate if load else 0


def load_seconds_left() -> int:
    """Return for how many seconds orders will be placed; 0 if there is no load."""
    load = Load.objects.filter(until__gt=timezone.now(), rate__gt=0).first()
    return round((load.until - timezone.now()).total_seconds()) if load and load.until else 0


def newest_run(experiment: str) -> Run | None:
    """Return the newest run of an experiment, by its slug; None if there is none."""
    return Run.objects.filter(experiment=experiment).first()


def switches() -> dict[str, Any]:
    """Return what open windows must notice: faults that are on, the load, the newest runs."""
    runs = Run.objects.values_list("id", "state", "steps")[:5]
    return {
        "faults": [[each.pk, each.point, each.action] for each in faults_on()],
        "load": load_rate(),
        "runs": [[id, state, len(steps)] for id, state, steps in runs],
    }
