"""A file may wait for somebody to say which column is what."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0005_orders")]

    operations = [
        migrations.AlterField(
            model_name="importrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("checking", "Being checked"),
                    ("matching", "Columns to be matched"),
                    ("checked", "Checked, nothing written yet"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Cannot be read"),
                    ("discarded", "Discarded"),
                ],
                default="checking",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
