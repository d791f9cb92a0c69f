"""The web server's entry point for granian; `wsgi.py` is the one for any other server."""

from django.conf import settings
from django.utils.module_loading import import_string

from orders_site import wsgi

# Imported by name: it needs the settings, which `wsgi` has loaded by now.
server = import_string("orders_site.http.server.Server")
application = server(wsgi.application, prefix=settings.URL_PATH_PREFIX)
