#!/usr/bin/env bash
# Django: `cache.touch()` returns False for a key whose time is over, and such a key has no value.
# With DatabaseCache it returns True, and the value that was gone is there again.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "django==${DJANGO:-6.1.3}"

timeout 120 python - <<'PYTHON'
import time

import django
from django.conf import settings

BACKENDS = "django.core.cache.backends"
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    CACHES={
        "default": {"BACKEND": f"{BACKENDS}.locmem.LocMemCache"},
        "database": {"BACKEND": f"{BACKENDS}.db.DatabaseCache", "LOCATION": "cached"},
    },
)
django.setup()
from django.core.cache import caches
from django.core.management import call_command

call_command("createcachetable")
seen = {}
for name in ("default", "database"):
    cache = caches[name]
    cache.set("code", "1234", timeout=1)
    time.sleep(2.5)
    was_there = cache.has_key("code")
    touched = cache.touch("code", timeout=60)
    seen[name] = (was_there, touched, cache.get("code"))
print("django", django.__version__)
for name, (was_there, touched, value) in seen.items():
    backend = settings.CACHES[name]["BACKEND"].rpartition(".")[2]
    print(f"{backend}, a code of 1 s after 2.5 s: has_key {was_there}, touch {touched}, get {value!r}")
assert seen["default"] == (False, False, None), "it behaves otherwise now"
assert seen["database"] == (False, True, "1234"), "it behaves otherwise now"
PYTHON
