"""Django's registration of the lab."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from apps.messaging.life import beats


class LabConfig(AppConfig):
    name = "apps.lab"
    label = "lab"

    def ready(self) -> None:
        # Nothing begins here: this process may be one that only forks the others.
        at_beat = import_string("apps.lab.live.at_beat")  # It has tables, and they load after us.
        beats.connect(at_beat, dispatch_uid="lab")
