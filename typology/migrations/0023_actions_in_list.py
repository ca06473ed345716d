import datetime

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("typology", "0022_application_rules")]

    operations = [
        migrations.RemoveIndex(model_name="action", name="typology_ac_collect_a48f14_idx"),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                models.F("collectivity"),
                models.OrderBy(
                    django.db.models.functions.comparison.Coalesce(
                        "starts", models.Value(datetime.date(1, 1, 1)), output_field=models.DateField()
                    ),
                    descending=True,
                ),
                models.F("id"),
                condition=models.Q(("deleted_at", None)),
                name="action_in_list",
            ),
        ),
    ]
