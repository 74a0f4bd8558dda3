"""One row in each table of a state of the models, whatever the models: drawn from their fields."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from collections.abc import Container

    from django.apps.registry import Apps

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Filling:
    """Rows of one generation: each table receives one row, tied to the others of its generation.

    Parameters
    ----------
    number
        Of the generation, below 1296: two generations share no value that must be unique.
    contents
        By column (``app.model.column``), a value that the fields do not tell.
    """

    def __init__(self, number: int, contents: dict[str, Any]) -> None:
        self.number = number
        self.contents = contents
        self.made: dict[str, Any] = {}

    def fill(self, apps: Apps, labels: Container[str]) -> None:
        """Give a row to each table of these apps that has none of this generation."""
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label in labels and model._meta.managed:
                self.row(model)

    def row(self, model: type[models.Model]) -> models.Model | None:
        """Return the row of a table, made the first time; none while it is being made."""
        label = model._meta.label_lower
        if label not in self.made:
            self.made[label] = None
            columns = (
                f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)
            )
            made = model(**{field.attname: self.value(field) for field in columns})
            made.save(force_insert=True)
            self.made[label] = made
        return self.made[label]  # type: ignore[no-any-return]

    def value(self, field: models.Field[Any, Any]) -> Any:
        """Return what a column holds in this generation."""
        name = f"{field.model._meta.label_lower}.{field.name}"
        if name in self.contents:
            return self.contents[name]
        if isinstance(field, models.ForeignKey):
            target = self.row(field.remote_field.model)
            return getattr(target, field.target_field.attname) if target else None
        if field.choices:
            return next(value for value, _ in field.flatchoices)
        return self._plain(field)

    def _plain(self, field: models.Field[Any, Any]) -> Any:
        day = START + timedelta(days=self.number)
        plain = {
            "BooleanField": False,
            "DateField": day.date(),
            "DateTimeField": day,
            "TimeField": time(8, self.number % 60),
            "DurationField": timedelta(minutes=self.number),
            "UUIDField": uuid.uuid5(uuid.NAMESPACE_OID, f"{field.model.__name__} {self.number}"),
            "BinaryField": bytes([self.number % 256]),
            "GenericIPAddressField": f"192.0.2.{self.number % 256}",
            "FloatField": self.number / 8,
            "DecimalField": Decimal(self.number % 10),
        }
        kind = field.get_internal_type()
        if kind == "JSONField":
            return field.get_default() if field.has_default() else {}
        if kind in plain:
            return plain[kind]
        return self.number if "Integer" in kind else self._text(field.max_length)

    def _text(self, most: int | None) -> str:
        high, low = divmod(self.number, len(DIGITS))
        return f"écrit {DIGITS[high]}{DIGITS[low]}"[-(most or 80) :]
