from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('images', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='photo',
            name='not_asked_before',
            field=models.DateTimeField(blank=True, help_text='no further job is recorded before then', null=True),
        ),
    ]
