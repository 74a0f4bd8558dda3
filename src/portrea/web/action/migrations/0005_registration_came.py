"""How many people of a registration came."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """How many people of a registration came."""

    dependencies: ClassVar = [("action", "0004_tallies")]

    operations: ClassVar = [
        migrations.AddField(
            "registration",
            "came",
            models.PositiveSmallIntegerField("venues", null=True, blank=True),
        )
    ]
