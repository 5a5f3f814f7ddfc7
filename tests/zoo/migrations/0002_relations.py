from django.db import migrations, models
import django.db.models.deletion


def add_countries(apps, schema_editor):
    """Some, whose keys have a gap and whose order isn't that of their names."""
    countries = apps.get_model('zoo', 'Country').objects
    countries.create(name='Zion')
    countries.create(name='lost').delete()
    countries.create(name='Atlantis')


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('zoo', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Trip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('end', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='zoo.country')),
                ('needs', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='auth.permission')),
                ('start', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='zoo.country')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='contenttypes.contenttype')),
            ],
        ),
        migrations.AddField(
            model_name='trip',
            name='stops',
            field=models.ManyToManyField(db_table='Trip Stops', to='zoo.enclosure'),
        ),
        migrations.AddField(
            model_name='trip',
            name='next_trips',
            field=models.ManyToManyField(to='zoo.trip'),
        ),
        migrations.CreateModel(
            name='Berth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.IntegerField()),
                ('animal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='zoo.animal')),
                ('trip', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='zoo.trip')),
            ],
            options={
                'unique_together': {('trip', 'animal')},
            },
        ),
        migrations.AddField(
            model_name='trip',
            name='animals',
            field=models.ManyToManyField(through='zoo.Berth', to='zoo.animal'),
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_id', models.PositiveIntegerField()),
                ('source_id', models.CharField(max_length=20, null=True)),
                ('source_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
                ('subject_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
            ],
        ),
        migrations.CreateModel(
            name='Branch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=255, unique=True)),
                ('depth', models.PositiveIntegerField()),
                ('numchild', models.PositiveIntegerField()),
                ('lft', models.PositiveIntegerField()),
                ('rght', models.PositiveIntegerField()),
                ('tree_id', models.PositiveIntegerField()),
                ('level', models.PositiveIntegerField()),
                ('url_path', models.TextField()),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='zoo.branch')),
            ],
        ),
        migrations.RunPython(add_countries),
        migrations.CreateModel(
            name='Bill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('total', models.DecimalField(decimal_places=2, max_digits=9)),
                ('count', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.SmallIntegerField()),
                ('price', models.DecimalField(decimal_places=2, max_digits=7)),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='zoo.bill')),
            ],
            options={
                'unique_together': {('bill', 'position')},
            },
        ),
    ]
