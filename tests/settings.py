"""The demo's settings in a folder of their own; `TEST_DATABASE=postgresql` changes the database."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from secrets import token_urlsafe

from tests.support.shell import forget_the_shell_once

_folder = Path(tempfile.mkdtemp(prefix="shop-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

# No server listens on port 1: a test that needs a broker uses the fixture of a real one.
_nowhere = {"NATS_PORT": "1", "AWS_PORT": "1"}
forget_the_shell_once(os.environ)
os.environ |= {"DEMO": "true", "DEMO_DIR": str(_folder), "LOG_LEVEL": "WARNING"} | _nowhere
os.environ["DEMO_HISTORY"] = "false"  # A test begins with an empty shop.
# As a demo that was made: processes that a test starts have one secret with it.
(_folder / "secret_key").write_text(token_urlsafe(50))
(_folder / "db.sqlite3").touch()
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"  # For the processes that a test starts.
if os.environ.get("TEST_DATABASE") == "postgresql":
    # The port is that of the server which tests/conftest.py starts.
    os.environ["DATABASE_URL"] = "postgres://postgres@127.0.0.1:1/shop"

from orders_site.settings import *  # noqa: E402, F403
from orders_site.settings import DATABASES, MIDDLEWARE, STORAGES  # noqa: E402

SETTINGS_OF_PROCESSES = "orders_site.settings"  # of those that a test starts as users do
# A file, not memory: threads and workers share it.
DATABASES["default"]["TEST"] = (
    {"NAME": str(_folder / "test.sqlite3")} if "sqlite3" in DATABASES["default"]["ENGINE"] else {}
)
STORAGES["staticfiles"] = {"BACKEND": "orders_site.http.static_files.FilesAsTheyLie"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Prices may come late on a busy machine; who tests what comes too late sets a time of its own.
PRICE_LOOKUP_TIMEOUT = 5.0
# It would measure every test's messages from the first request on.
MIDDLEWARE.remove("orders_site.http.measured.measure_requests")
# It would begin to watch every test's messages with the first request.
MIDDLEWARE = [each for each in MIDDLEWARE if not each.startswith("apps.lab.")]
# Else each test's client would look at every static file first.
WHITENOISE_AUTOREFRESH = True
