from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# A lease adds a second version of each row of a page at about the same time. With room for it on
# the page PostgreSQL writes no index for it. Rows that are there already keep their pages.
ROOM = "ALTER TABLE messaging_outboxmessage SET (fillfactor = 45)"
NO_ROOM = "ALTER TABLE messaging_outboxmessage RESET (fillfactor)"


def keep_room(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ROOM)


def keep_no_room(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NO_ROOM)


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0010_rows_that_block_their_key'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='outboxmessage',
            name='outbox_waiting',
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('dead_at', None), ('sent_at', None), ('transport', 'jetstream')), fields=['id'], name='outbox_waiting_events'),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('dead_at', None), ('sent_at', None), ('transport', 'sqs')), fields=['id'], name='outbox_waiting_jobs'),
        ),
        migrations.RunPython(keep_room, keep_no_room),
    ]
