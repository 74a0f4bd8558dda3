"""What the address of the results asks: a crossing, a group, with or without weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError
from portrea.surveys.form import Kind, said
from portrea.web.surveys.results.reading import with_crossing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.surveys.report import Report
    from portrea.web.surveys.results.reading import Found


@dataclass(frozen=True, slots=True)
class Asking:
    """``by`` crosses every question; ``question`` and ``choice`` keep those of one group."""

    by: str = ""
    question: str = ""
    choice: str = ""
    weights: str = ""

    @classmethod
    def read(cls, told: Mapping[str, str]) -> Asking:
        """Read ``?croiser=…&groupe=question:choix&poids=non``."""
        question, _colon, choice = told.get("groupe", "").partition(":")
        return cls(told.get("croiser", ""), question, choice, told.get("poids", ""))

    @property
    def weighted(self) -> bool | None:
        """Whether weights are asked for; None: as the report says."""
        return {"oui": True, "non": False}.get(self.weights)

    @property
    def group(self) -> str:
        """The group as it stands in the address."""
        return f"{self.question}:{self.choice}" if self.question else ""

    def check(self, found: Found) -> None:
        """Refuse a question or a choice that this survey does not have."""
        known = {name for name, _label, _choices in self.groups(found)}
        for name in filter(None, (self.by, self.question)):
            if name not in known:
                message = f"« {name} » n’est pas une question à une seule réponse de cette enquête."
                raise ParameterError(message, remedy="Choisissez dans la liste.")
        if self.question:
            choices = {one.name for one in found.counted.tallies.choices[self.question]}
            if self.choice not in choices:
                message = f"« {self.choice} » n’est pas une réponse à cette question."
                raise ParameterError(message, remedy="Choisissez dans la liste.")

    def narrowed(self, found: Found) -> Found:
        """Return the answers of the group alone."""
        if not self.question:
            return found
        told = found.counted.answers[self.question]
        rows = [row for row, own in zip(found.rows, told, strict=True) if own == self.choice]
        return replace(found, rows=rows, counted=found.counted.only(self.question, self.choice))

    def report(self, found: Found) -> Report:
        """Return the report, crossed as asked."""
        return with_crossing(found.report, self.by) if self.by else found.report

    def groups(self, found: Found) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Return the questions that share people between groups: name, label, choices."""
        language = found.form.languages[0]
        return [
            (
                one.name,
                said(one.label, language) or one.name,
                [
                    (f"{one.name}:{c.name}", said(c.label, language))
                    for c in found.counted.tallies.choices[one.name]
                ],
            )
            for one in found.form.questions()
            if one.kind is Kind.ONE and one.name in found.counted.tallies.places
        ]
