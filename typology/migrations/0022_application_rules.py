from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("typology", "0021_scheme_wording")]

    operations = [
        migrations.AlterField(
            model_name="fundingcall",
            name="edition",
            field=models.CharField(
                blank=True,
                help_text="Par exemple : 2027, ou 2ᵉ session.",
                max_length=40,
                verbose_name="édition",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["obtenue", "payee"]), _negated=True),
                    ("granted__isnull", False),
                    _connector="OR",
                ),
                name="application_obtained_has_amount",
                violation_error_message="Une candidature obtenue dit combien : donnez le montant obtenu.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "reperee"), _negated=True), ("filed_on", None), _connector="OR"),
                name="application_spotted_is_not_filed",
                violation_error_message="Une candidature repérée n’a pas de date de dépôt : enregistrez son dépôt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid", None), ("paid__lte", models.F("granted")), _connector="OR"),
                name="application_paid_within_granted",
                violation_error_message="Le montant payé dépasse le montant obtenu : corrigez l’un des deux.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_on", None), ("decided_on__gte", models.F("filed_on")), _connector="OR"),
                    models.Q(("paid_on", None), ("paid_on__gte", models.F("decided_on")), _connector="OR"),
                ),
                name="application_dates_in_order",
                violation_error_message="Dépôt, décision, paiement : ces dates se suivent. Corrigez celle qui précède.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="fundingcall",
            name="call_closes_after_opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_on", None), ("closes_on", None), ("closes_on__gte", models.F("opens_on")), _connector="OR"
                ),
                name="call_closes_after_opening",
                violation_error_message="La date limite précède l’ouverture : corrigez l’une des deux dates.",
            ),
        ),
    ]
