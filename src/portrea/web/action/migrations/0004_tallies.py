"""Counts of activity by month; a maraude that pauses."""

from typing import ClassVar

from django.db import migrations, models

NUMBER = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)
PLACED = [
    ("id", NUMBER),
    ("level", models.CharField(max_length=12, verbose_name="niveau du territoire")),
    ("code", models.CharField(max_length=12, verbose_name="code du territoire")),
    ("structure", models.CharField(blank=True, max_length=100, verbose_name="structure")),
    ("month", models.CharField(max_length=7, verbose_name="mois")),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("action", "0003_appointments_reminders")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                *PLACED,
                ("records", models.PositiveIntegerField(verbose_name="comptes rendus")),
                ("counts", models.BinaryField(verbose_name="décomptes")),
            ],
            options={
                "verbose_name": "décompte d’activité",
                "verbose_name_plural": "décomptes d’activité",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("level", "code", "structure", "month"), name="action_tally_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyCell",
            fields=[
                ("id", NUMBER),
                ("dimension", models.CharField(max_length=16, verbose_name="dimension")),
                ("value", models.CharField(blank=True, max_length=160, verbose_name="valeur")),
            ],
            options={
                "verbose_name": "case d’un décompte",
                "verbose_name_plural": "cases des décomptes",
                "constraints": [
                    models.UniqueConstraint(fields=("dimension", "value"), name="action_cell_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyStale",
            fields=PLACED,
            options={
                "verbose_name": "décompte à refaire",
                "verbose_name_plural": "décomptes à refaire",
                "indexes": [
                    models.Index(
                        fields=["level", "code", "structure", "month"], name="action_stale_where"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="maraude",
            name="pause_first",
            field=models.DateField(blank=True, null=True, verbose_name="interrompue du"),
        ),
        migrations.AddField(
            model_name="maraude",
            name="pause_last",
            field=models.DateField(blank=True, null=True, verbose_name="interrompue jusqu’au"),
        ),
    ]
