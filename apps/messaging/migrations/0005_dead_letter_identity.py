"""Each dead letter gets the identity of its message; letters of before keep all they have."""

import hashlib
import json

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ENVELOPE = ("ce-specversion", "ce-id", "ce-type", "ce-source", "ce-time", "ce-subject")


def identify(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As `dead_letters.identity_of` did on the day of this migration."""
    DeadLetter = apps.get_model("messaging", "DeadLetter")
    for letter in DeadLetter.objects.iterator(chunk_size=1000):
        said = [letter.headers.get(name, "") for name in ENVELOPE]
        whole = json.dumps([letter.message_id, letter.destination, *said, letter.body])
        identity = hashlib.sha256(whole.encode()).hexdigest()
        DeadLetter.objects.filter(pk=letter.pk).update(identity=identity)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_indexes_of_what_is_counted")]

    operations = [
        migrations.AddField(
            model_name="deadletter",
            name="identity",
            field=models.CharField(
                editable=False,
                help_text="a digest of the message, id and all",
                max_length=64,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="deadletter",
            name="message_id",
            field=models.CharField(
                help_text="ce-id, STREAM:sequence@time or MessageId; a sender may repeat it",
                max_length=255,
            ),
        ),
        migrations.RunPython(identify, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name="deadletter", name="dead_letter_once"),
        migrations.AddConstraint(
            model_name="deadletter",
            constraint=models.UniqueConstraint(
                fields=("consumer", "identity"), name="dead_letter_of_one_message"
            ),
        ),
        migrations.AddIndex(
            model_name="deadletter",
            index=models.Index(fields=["consumer", "message_id"], name="dead_letter_message"),
        ),
    ]
