"""Django's registration of the lab."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from apps.messaging.worker.lifecycle import beats


class LabConfig(AppConfig):
    name = "apps.lab"
    label = "lab"

    def ready(self) -> None:
        # No thread starts here: this process may be the one that only forks the others.
        # By its name: it imports models, which Django loads later.
        at_beat = import_string("apps.lab.live.at_beat")
        beats.connect(at_beat, dispatch_uid="lab")
