"""A sent mail had an inbox entry, which put it on the order's journey; now its own row does."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def delete_entries(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("messaging", "InboxEntry").objects.filter(consumer="mail").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0001_initial"),
        ("notifications", "0003_put_off"),
    ]

    operations = [migrations.RunPython(delete_entries, migrations.RunPython.noop)]
