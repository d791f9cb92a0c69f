"""`manage.py record_hang`: a process with a hanging handler runs it at its end (watchdog.py)."""

import faulthandler
import json
import logging
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.messaging.handling import attempts
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.management.arguments import whole_number_between
from apps.messaging.message_at import MessageAt

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Record that handlers hung. Workers call it by themselves; there is no need to."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("hang", type=json.loads, help="JSON: `hung`, and `crash_markers`")
        parser.add_argument("--exit-code", type=whole_number_between(0, 255), default=0)

    def handle(self, *, hang: dict[str, Any], exit_code: int, **options: Any) -> None:
        # The last work of a process that hung must have an end as well.
        faulthandler.dump_traceback_later(settings.LONGEST_TIMES.standstill, exit=True)
        try:
            attempts.delete_crash_markers(hang["crash_markers"])
            for each in hang["hung"]:
                seconds, stack = each.pop("seconds"), each.pop("stack")
                attempts.record_hang(MessageAt(**each), seconds=seconds, stack=stack)
                fields = {"consumer": each["consumer"], "message_id": each["message_id"]}
                logger.error("attempt failed", extra=fields | {"error": attempts.HUNG})
        except DATABASE_ERRORS as error:
            # The message is delivered again in any case; this attempt of it is not counted.
            logger.warning("hang not recorded", extra={"error": str(error)})
        finally:
            faulthandler.cancel_dump_traceback_later()
        sys.exit(exit_code)
