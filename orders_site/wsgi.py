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
    # An experiment enqueues tasks. Nothing else of `web` does, so elsewhere Celery stays out of it.
    import_module("orders_site.celery")
