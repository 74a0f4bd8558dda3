"""Corrections keep what was before; digests of what was erased; source of a population."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0002_drafting"),
    ]

    operations = [
        migrations.AddField(
            model_name="survey",
            name="erased",
            field=models.JSONField(
                blank=True, default=list, verbose_name="empreintes des réponses effacées"
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="population_source",
            field=models.CharField(blank=True, max_length=200, verbose_name="source de ce nombre"),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.JSONField(verbose_name="réponses d’avant")),
                ("reason", models.CharField(max_length=200, verbose_name="pourquoi")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="le")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="surveys.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction d’une réponse",
                "verbose_name_plural": "corrections de réponses",
                "ordering": ["-pk"],
            },
        ),
    ]
