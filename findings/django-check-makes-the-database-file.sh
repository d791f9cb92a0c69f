#!/usr/bin/env bash
# Django: `manage.py check` is a look at the code, and asks no database unless --database names one.
# With SQLite and one JSONField it makes the database's file all the same, empty.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check "django==${DJANGO:-6.1.3}"

cd "$folder"
django-admin startproject shop .
mkdir teas
touch teas/__init__.py
cat >teas/apps.py <<'PYTHON'
from django.apps import AppConfig


class TeasConfig(AppConfig):
    name = "teas"
    default_auto_field = "django.db.models.BigAutoField"
PYTHON
sed -i 's/^INSTALLED_APPS = \[/&\n    "teas",/' shop/settings.py

# Prints whether the file is there after a check of a model with that field.
check_with() {
    printf 'from django.db import models\n\n\nclass Tea(models.Model):\n    leaf = %s\n' "$1" >teas/models.py
    rm -f db.sqlite3
    python manage.py check >/dev/null
    [[ -e db.sqlite3 ]] && echo "a file of $(stat -c %s db.sqlite3) bytes" || echo "no file"
}

text="$(check_with 'models.TextField()')"
json="$(check_with 'models.JSONField()')"
python -c 'import django; print("django", django.__version__)'
echo "after a check of a model with a TextField: $text"
echo "after a check of a model with a JSONField: $json"
[[ "$text" == "no file" && "$json" == "a file of 0 bytes" ]] || { echo "it behaves otherwise now"; exit 1; }
