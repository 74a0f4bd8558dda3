"""Problem situations: what a person lacks in front of an online procedure."""

from __future__ import annotations

from enum import StrEnum


class Situation(StrEnum):
    """The four published needs (PorTReA): information, equipment, help, training."""

    INFORMATION = "information"
    EQUIPEMENT = "equipement"
    AIDE = "aide"
    FORMATION = "formation"

    @property
    def label(self) -> str:
        """Everyday French words, as shown to a resident."""
        return _LABELS[self]


_LABELS = {
    Situation.INFORMATION: "Être informé et orienté",
    Situation.EQUIPEMENT: "Accéder à un équipement ou au réseau",
    Situation.AIDE: "Être aidé pour une démarche",
    Situation.FORMATION: "Apprendre à se servir du numérique",
}
