"""The draft as it was before each change; translations to read again."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0001_surveys"),
    ]

    operations = [
        migrations.AddField(
            model_name="questionnaire",
            name="reread",
            field=models.JSONField(blank=True, default=list, verbose_name="traductions à relire"),
        ),
        migrations.CreateModel(
            name="Earlier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edits", models.PositiveIntegerField(verbose_name="rang du changement")),
                ("what", models.CharField(max_length=200, verbose_name="changement")),
                ("draft", models.JSONField(verbose_name="feuilles d’avant")),
                (
                    "reread",
                    models.JSONField(
                        blank=True, default=list, verbose_name="traductions à relire, avant"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="le")),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier",
                        to="surveys.questionnaire",
                    ),
                ),
            ],
            options={
                "verbose_name": "brouillon d’avant",
                "verbose_name_plural": "brouillons d’avant",
                "ordering": ["-pk"],
            },
        ),
    ]
