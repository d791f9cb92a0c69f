"""Django's registration of the messaging app."""

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Tags, register

from apps.messaging import checks, faults


class MessagingConfig(AppConfig):
    name = "apps.messaging"
    label = "messaging"

    def ready(self) -> None:
        register(checks.seams_are_the_demos_alone, Tags.security)
        if settings.DEMO:
            faults.arm(settings.SEAMS)
