from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_erasure_in_history")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="wants_digest",
            field=models.BooleanField(default=True, verbose_name="résumé des avis par courriel"),
        ),
    ]
