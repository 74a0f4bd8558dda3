"""The things of the team that are written alike: what they are called, their form, their table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portrea.web.action.models import Equipment, HomeHelp, Maraude, SelfService
from portrea.web.action.outreach import forms

if TYPE_CHECKING:
    from portrea.web.action.models.base import Made


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing: its table, its form, the titles of its pages."""

    model: type[Made]
    form: type[forms.ThingForm]
    new: Any
    edit: Any
    end: Any

    @property
    def is_station(self) -> bool:
        """Whether it is a computer, which has an address of its own."""
        return self.model is SelfService

    def starting(self, found: Made) -> dict[str, Any]:
        """Return what the form shows of a thing."""
        told = {name: getattr(found, name) for name in self.form.base_fields}
        if isinstance(found, HomeHelp):
            told["communes"] = "\n".join(found.communes)
        return told


KINDS = {
    "poste": Kind(
        SelfService, forms.StationForm, _("Ajouter un poste en libre accès"),
        _("Poste en libre accès"), _("Retirer ce poste"),
    ),
    "domicile": Kind(
        HomeHelp, forms.HomeHelpForm, _("Ajouter une aide à domicile"),
        _("Aide à domicile"), _("Retirer cette aide"),
    ),
    "dehors": Kind(
        Maraude, forms.MaraudeForm, _("Ajouter une maraude ou une distribution"),
        _("Maraude ou distribution"), _("Arrêter à partir d’aujourd’hui"),
    ),
    "materiel": Kind(
        Equipment, forms.EquipmentForm, _("Ajouter du matériel à prêter"),
        _("Matériel à prêter"), _("Retirer ce matériel"),
    ),
}  # fmt: skip
