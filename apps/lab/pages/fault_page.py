"""The switches as pages show them: on or off, for how long, and the same as a command."""

import os
import shlex
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from apps.lab.faults import known_faults
from apps.lab.faults.known_fault import KnownFault
from apps.lab.models import Fault
from apps.lab.queries import faults_on
from apps.messaging.brokers.addresses import is_elsewhere

GIVEN = ("DEMO_DIR",)
"""Variables that the command must repeat if this process has them."""
RATES = {"1": "every message", "0.5": "half of them", "0.1": "one in ten"}
TIMES = {"30": "30 seconds", "60": "1 minute", "300": "5 minutes"}


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A switch: a known fault, and its row if it is on."""

    known: KnownFault
    fault: Fault | None

    @property
    def seconds_left(self) -> int:
        if self.fault is None:
            return 0
        return max(0, round((self.fault.until - timezone.now()).total_seconds()))

    @property
    def percent(self) -> int:
        return round(100 * self.fault.rate) if self.fault else 0

    @property
    def command(self) -> str:
        """The same from a terminal; choices with a default are left out."""
        known = self.known
        options = [
            f"--consumer {known.consumer}" if known.consumer else "",
            f"--seconds {known.seconds:g}" if known.action == "delay" else "",
            f"--first {known.first}" if known.first else "",
        ]
        return manage(" ".join(filter(None, ["fault on", known.point, known.action, *options])))


class SwitchForm(forms.Form):
    """The form of a switch: which one, for what part of the messages, for how long."""

    slug = forms.CharField(max_length=64)
    rate = forms.ChoiceField(choices=list(RATES.items()))
    lasts = forms.ChoiceField(choices=list(TIMES.items()))

    def clean_slug(self) -> KnownFault:
        known = known_faults.named(self.cleaned_data["slug"])
        if known is None:
            raise forms.ValidationError("there is no such switch")
        return known

    def asked(self) -> dict[str, Any]:
        """Return the arguments for `services.switch_on`."""
        known: KnownFault = self.cleaned_data["slug"]
        return {
            "point": known.point,
            "action": known.action,
            "consumer": known.consumer,
            "seconds": known.seconds,
            "first": known.first,
            "rate": float(self.cleaned_data["rate"]),
            "lasts": timedelta(seconds=int(self.cleaned_data["lasts"])),
        }


def manage(arguments: str) -> str:
    """Return the management command as a user types it: beside a demo, or beside containers."""
    if is_elsewhere(settings.NATS_URL):
        return f"docker compose exec web python manage.py {arguments}"
    given = [f"{name}={shlex.quote(os.environ[name])}" for name in GIVEN if name in os.environ]
    return " ".join([*given, f'make manage ARGS="{arguments}"'])


def switches_of(pattern: str = "") -> list[Switch]:
    """Return the switches of a pattern's page, or all of them."""
    on = {_what(each): each for each in faults_on()}
    known = known_faults.of(pattern) if pattern else known_faults.KNOWN
    return [Switch(known=each, fault=on.get(_what(each))) for each in known]


def others_on() -> list[Fault]:
    """Return the faults without a switch: they were set from a terminal."""
    ours = {_what(each) for each in known_faults.KNOWN}
    return [each for each in faults_on() if _what(each) not in ours]


def titles_on() -> list[str]:
    """Return the titles of the faults that are on, for the top of each page."""
    titles = {_what(each): each.title for each in known_faults.KNOWN}
    return [titles.get(_what(each), str(each)) for each in faults_on()]


def _what(fault: Fault | KnownFault) -> tuple[str, str, str]:
    """Return the values that identify a switch and its fault."""
    return fault.point, fault.consumer, fault.action
