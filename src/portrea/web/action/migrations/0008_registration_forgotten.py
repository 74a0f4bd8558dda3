"""The code of a registration can be forgotten."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from portrea.web.accounts.keys import new_code


class Migration(migrations.Migration):
    """The code of a registration can be forgotten."""

    dependencies: ClassVar = [("action", "0007_record_imports")]

    operations: ClassVar = [
        migrations.AlterField(
            "registration",
            "code",
            models.CharField(
                "code", max_length=8, unique=True, null=True, blank=True, default=new_code
            ),
        )
    ]
