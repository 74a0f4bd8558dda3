"""Dated, sourced parameters of the placement (``params/siting.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Parameters:
    """Defaults of the placement, every one replaceable in the call.

    ``threshold`` is in minutes; half-days are per week; ``persons_per_half_day`` is the number of
    persons one weekly half-day can follow in a year.
    """

    threshold: float
    most_half_days: int
    appointments_per_half_day: float
    weeks_per_year: float
    appointments_per_person: float
    nearest_candidates: int
    candidate_kinds: tuple[str, ...]

    @property
    def appointments_per_year(self) -> float:
        """Appointments that one weekly half-day offers in a year."""
        return self.appointments_per_half_day * self.weeks_per_year

    @property
    def persons_per_half_day(self) -> float:
        """Persons that one weekly half-day can follow in a year."""
        return self.appointments_per_year / self.appointments_per_person


@cache
def default_parameters() -> Parameters:
    """Return the parameters shipped with Portrea."""
    raw = yaml.safe_load(files("portrea.reach").joinpath("params/siting.yaml").read_text("utf-8"))
    values = {name: card["value"] for name, card in raw.items()}
    return Parameters(
        threshold=float(values["threshold"]),
        most_half_days=int(values["most_half_days"]),
        appointments_per_half_day=float(values["appointments_per_half_day"]),
        weeks_per_year=float(values["weeks_per_year"]),
        appointments_per_person=float(values["appointments_per_person"]),
        nearest_candidates=int(values["nearest_candidates"]),
        candidate_kinds=tuple(values["candidate_kinds"]),
    )
