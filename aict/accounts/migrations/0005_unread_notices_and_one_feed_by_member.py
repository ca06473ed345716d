from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_digest_switch")]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["membership"], name="notice_unread"),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(fields=("collectivity", "membership"), name="one_feed_by_member"),
        ),
    ]
