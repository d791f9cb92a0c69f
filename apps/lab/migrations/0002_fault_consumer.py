"""`holder` is `consumer`, as in the shop's own tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lab", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="fault", name="lab_fault_once"),
        migrations.RenameField(model_name="fault", old_name="holder", new_name="consumer"),
        migrations.AddConstraint(
            model_name="fault",
            constraint=models.UniqueConstraint(
                fields=["point", "consumer", "trace"], name="lab_fault_once"
            ),
        ),
    ]
