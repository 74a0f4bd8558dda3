"""Hours of a series, the priority area of a workshop, its changes."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Hours of a series, the priority area of a workshop, its changes."""

    dependencies: ClassVar = [("action", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("series", "starts", models.TimeField("début", default=time(14))),
        migrations.AddField("series", "ends", models.TimeField("fin", default=time(16))),
        migrations.AddField(
            "workshop", "area", models.CharField("zone visée", max_length=24, blank=True)
        ),
        migrations.AddField(
            "workshop",
            "sequence",
            models.PositiveSmallIntegerField("changements annoncés", default=0),
        ),
    ]
