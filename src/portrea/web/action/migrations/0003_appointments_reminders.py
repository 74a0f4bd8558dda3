"""Holidays of a permanence, words of a change, what is left of past appointments; reminders."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

import portrea.web.accounts.keys

STATES = [("pris", "pris"), ("venu", "venu·e"), ("absent", "non venu·e"), ("annule", "annulé")]


class Migration(migrations.Migration):
    """Holidays of a permanence, words of a change, what is left of past appointments; reminders."""

    dependencies: ClassVar = [("action", "0002_workshop_hours")]

    operations: ClassVar = [
        migrations.AddField(
            "permanence",
            "on_holidays",
            models.BooleanField("tenue les jours fériés", default=False),
        ),
        migrations.AddField(
            "permanence",
            "in_school_holidays",
            models.BooleanField("tenue aux vacances scolaires", default=True),
        ),
        migrations.AddField(
            "appointment",
            "message",
            models.CharField("message de la permanence", max_length=200, blank=True),
        ),
        migrations.CreateModel(
            "AppointmentCount",
            [
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("month", models.DateField("mois")),
                ("state", models.CharField("état", choices=STATES, max_length=8)),
                ("subject", models.CharField("sujet", max_length=40, blank=True)),
                ("number", models.PositiveIntegerField("nombre", default=0)),
                ("permanence", models.ForeignKey(
                    "action.permanence",
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="counts",
                )),
            ],
            options={
                "verbose_name": "décompte de rendez-vous",
                "verbose_name_plural": "décomptes de rendez-vous",
                "ordering": ["-month", "state", "subject"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["permanence", "month", "state", "subject"],
                        name="action_appointment_count_once",
                    )
                ],
            },
        ),
        migrations.RemoveIndex("reminder", "action_reminder_due"),
        migrations.RemoveField("reminder", "key"),
        migrations.AlterField(
            "reminder",
            "series",
            models.CharField("lien", max_length=12, default=portrea.web.accounts.keys.new_key),
        ),
        migrations.AddField(
            "reminder",
            "until",
            models.DateTimeField("au plus tard", default=timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            "reminder",
            "zone",
            models.CharField("fuseau horaire", max_length=40, default="Europe/Paris"),
        ),
        migrations.AddIndex(
            "reminder", models.Index(fields=["series"], name="action_reminder_series")
        ),
    ]  # fmt: skip
