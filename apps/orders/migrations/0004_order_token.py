from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import apps.orders.models

BATCH = 1000


def give_each_its_own(registry: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Older orders get a token too. No customer knows it, so only staff can cancel them."""
    orders = registry.get_model("orders", "Order").objects.using(editor.connection.alias)
    while some := list(orders.filter(token="").only("pk")[:BATCH]):
        for order in some:
            order.token = apps.orders.models.new_token()
        orders.bulk_update(some, ["token"])


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_cart_items")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="token",
            field=models.CharField(
                db_default="",
                default=apps.orders.models.new_token,
                editable=False,
                max_length=32,
            ),
        ),
        migrations.RunPython(give_each_its_own, migrations.RunPython.noop),
    ]
