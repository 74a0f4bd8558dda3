"""The catalogue of procedures knows its file; pictures are files of ours."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns of procedures, difficulties and proposals."""

    dependencies: ClassVar = [("action", "0005_registration_came")]

    operations: ClassVar = [
        migrations.AddField(
            "procedure",
            "origin",
            models.CharField("ligne du catalogue", max_length=40, blank=True),
        ),
        migrations.AddField(
            "procedure",
            "edited",
            models.DateTimeField("changée sur le site le", null=True, blank=True),
        ),
        migrations.AlterField(
            "difficulty", "picture", models.CharField("capture d’écran", max_length=40, blank=True)
        ),
        migrations.AddField(
            "difficulty",
            "picture_added",
            models.DateTimeField("capture reçue le", null=True, blank=True),
        ),
        migrations.AddField(
            "difficulty",
            "picture_checked",
            models.DateTimeField("capture relue le", null=True, blank=True),
        ),
        migrations.AddField(
            "proposal", "compared", models.JSONField("avant et après", default=dict, blank=True)
        ),
    ]
