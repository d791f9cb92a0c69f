"""Mails about errors to `ADMINS`, for a project that sets them; the shop sets none."""

import logging

from django.utils.log import AdminEmailHandler

logger = logging.getLogger(__name__)


class ErrorMails(AdminEmailHandler):
    """Logs that a mail could not be sent; a handler of logs must not raise.

    Django's own (6.1) raises while Django answers a request: with a mail server that is down, no
    request that fails gets its error page.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except Exception as error:
            # This logger is not below `django`, so no mail is tried again.
            logger.error(
                "no mail to the admins", extra={"error": f"{type(error).__name__}: {error}"}
            )
