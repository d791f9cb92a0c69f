#!/usr/bin/env bash
# Django: with ADMINS, an error page is also a mail. By EMAIL_HOST a mail server that is down does no
# harm. By MAILERS its error replaces the page: each layer of middleware tries to send the mail again.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "django==${DJANGO:-6.1.3}"

cd "$folder"
cat >shop.py <<'PYTHON'
import socket
import smtplib
import sys
from wsgiref.util import setup_testing_defaults

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

with socket.socket() as nobody:  # A port at which nothing listens.
    nobody.bind(("127.0.0.1", 0))
    port = nobody.getsockname()[1]
if sys.argv[1] == "EMAIL_HOST":
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}
else:
    mail = {"MAILERS": {"default": {"OPTIONS": {"host": "127.0.0.1", "port": port}}}}
settings.configure(
    SECRET_KEY="not a secret",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    ADMINS=["staff@example.com"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    **mail,
)
django.setup()


def brew(request):
    raise ValueError("no water")


urlpatterns = [path("", brew)]
tries = 0
connect = smtplib.SMTP.connect


def counted(self, *args, **options):
    global tries
    tries += 1
    return connect(self, *args, **options)


smtplib.SMTP.connect = counted
environ = {}
setup_testing_defaults(environ)
try:
    page = get_wsgi_application()(environ, lambda status, headers: None)
    answer = f"the page of {page.status_code}"
except OSError as error:
    answer = f"no page, but {type(error).__name__} to the server"
print(f"{answer}, after {tries} tries to send the mail")
PYTHON
old="$(timeout 60 python -W ignore shop.py EMAIL_HOST 2>/dev/null)"
new="$(timeout 60 python -W ignore shop.py MAILERS 2>/dev/null)"
python -c 'import django; print("django", django.__version__)'
echo "EMAIL_HOST: $old"
echo "MAILERS: $new"
[[ "$old" == "the page of 500, after 1 tries to send the mail" ]] || { echo "it behaves otherwise now"; exit 1; }
[[ "$new" == "no page, but ConnectionRefusedError to the server, after 4 tries to send the mail" ]] ||
    { echo "it behaves otherwise now"; exit 1; }
