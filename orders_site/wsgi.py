"""The web server's entry point."""

import os

from django.core.wsgi import get_wsgi_application

from orders_site import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orders_site.settings")
application = get_wsgi_application()
checks.insist()
