import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Parcel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.TextField()),
                ('label', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('parcel', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='parcels.parcel')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
