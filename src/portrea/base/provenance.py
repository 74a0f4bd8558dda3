"""Where a number comes from: the card that travels with every dataset and every result."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Provenance:
    """Identity card of a dataset.

    ``vintage`` is the period the figures describe (``"2021"``), ``geography`` the year of the
    official geographic code they use; ``None`` means unknown, never a guess. ``sha256`` is computed
    from the bytes received; ``retrieved`` is an ISO date. ``verified`` is ``False`` when no public
    page shows the download address or the layout (displayed as « non vérifié »).
    """

    source: str
    title: str
    producer: str
    vintage: str
    licence: str | None = None
    page: str | None = None
    url: str | None = None
    geography: int | None = None
    sha256: str | None = None
    retrieved: str | None = None
    file_name: str | None = None
    verified: bool = False
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what :meth:`to_dict` wrote, ignoring keys of later versions."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in values.items() if key in known})

    def citation(self) -> str:
        """French one-line citation: producer, title, vintage."""
        return f"{self.producer}, {self.title}, {self.vintage}"
