"""`nats` meant JetStream in the outbox and a queue group in dead letters: each has its own name."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NEW_NAMES = {"OutboxMessage": "jetstream", "DeadLetter": "queue_group"}

INDEXES = [
    models.Index(
        fields=["transport", "id"],
        condition=models.Q(sent_at=None, dead_at=None),
        name="outbox_waiting",
    ),
    models.Index(
        fields=["transport", "key", "id"],
        condition=models.Q(sent_at=None),
        name="outbox_unsent_by_key",
    ),
    models.Index(
        fields=["transport", "destination", "not_before"],
        condition=models.Q(sent_at=None, dead_at=None, not_before__isnull=False),
        name="outbox_held",
    ),
]


def rename(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for model, name in NEW_NAMES.items():
        apps.get_model("messaging", model).objects.filter(transport="nats").update(transport=name)


def rename_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for model, name in NEW_NAMES.items():
        apps.get_model("messaging", model).objects.filter(transport=name).update(transport="nats")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_dead_letter_identity")]

    operations = [
        # The column stays as it is, so that processes of the version before go on working.
        migrations.AlterField(
            model_name="outboxmessage",
            name="lane",
            field=models.CharField(
                choices=[("jetstream", "JetStream"), ("sqs", "SQS")],
                db_column="lane",
                max_length=16,
            ),
        ),
        migrations.RenameField(
            model_name="outboxmessage", old_name="lane", new_name="transport"
        ),
        # So do the indexes; Django only has to know them by the new name of their field.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                operation
                for index in INDEXES
                for operation in (
                    migrations.RemoveIndex("outboxmessage", index.name),
                    migrations.AddIndex("outboxmessage", index),
                )
            ]
        ),
        migrations.AlterField(
            model_name="deadletter",
            name="transport",
            field=models.CharField(
                choices=[
                    ("jetstream", "JetStream"),
                    ("queue_group", "NATS queue group"),
                    ("sqs", "SQS"),
                    ("celery", "Celery"),
                    ("outbox", "Outbox"),
                ],
                max_length=16,
            ),
        ),
        migrations.RunPython(rename, rename_back, elidable=True),
    ]
