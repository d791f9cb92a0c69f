"""Django's registration of the messaging app."""

import sys

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from apps.messaging import checks
from apps.messaging.hooks import add_points_of, faults
from apps.messaging.worker import live_log_level
from apps.messaging.worker.lifecycle import beats


class MessagingConfig(AppConfig):
    """Registers the checks and the hooks of all apps, and arms `FAILPOINTS` in the demo."""

    name = "apps.messaging"
    label = "messaging"

    def ready(self) -> None:
        register(checks.failpoints_are_the_demos_alone, Tags.security)
        register(checks.the_account_can_be_read, Tags.security)
        register(checks.requests_go_where_the_settings_say, Tags.security)
        for app in apps.get_app_configs():
            add_points_of(app)
        if settings.LIVE_LOG_LEVEL_FILE:
            beats.connect(live_log_level.look, dispatch_uid="log level")
        if settings.TRACES_URL:
            # By its name: without traces no process loads OpenTelemetry.
            import_string("apps.messaging.tracing.beginning.begin")()
        if settings.DEMO:
            _arm(settings.FAILPOINTS)


def _arm(failpoints: str) -> None:
    """Attach the faults of `FAILPOINTS`, or end the process with one line if it is invalid."""
    try:
        faults.arm(failpoints)
    except ImproperlyConfigured as error:
        sys.exit(f"FAILPOINTS={failpoints} cannot be obeyed: {error}")
