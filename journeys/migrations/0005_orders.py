"""Guest orders are found by what the buyer told, once we know whose it is."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0004_ties_and_imports")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("customer__isnull", True)),
                fields=["identity_hint"],
                name="order_of_guest",
                opclasses=["jsonb_path_ops"],
            ),
        ),
    ]
