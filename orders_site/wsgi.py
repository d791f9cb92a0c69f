"""The web server's entry point."""

from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from orders_site.checks import startup
from orders_site.conf import settings_module

settings_module.choose()
application = get_wsgi_application()
startup.require_valid_settings(serving_pages=True)
if settings.LAB:
    # Only experiments of the lab enqueue tasks in `web`; without the lab it does not load Celery.
    import_module("orders_site.celery")
