"""Checks of the data: store, computation, tiles, static files, ages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from portrea.sources.store import Store
from portrea.steering.split import plans
from portrea.web.operation.alerts.reading import alerts
from portrea.web.operation.doctor.checks import broken, check, good, look

if TYPE_CHECKING:
    from portrea.web.operation.doctor.checks import Finding

GROUP = "Données"
COMPUTE = "Lancez « portrea compute »."
AGES = ("source", "places", "holidays", "openfisca")
"""Alerts that tell an age."""


def _store() -> Store:
    return Store(settings.PORTREA_HOME)


@check("magasin", "Magasin de données", group=GROUP)
def store() -> Finding:
    """Read every dataset in force again and compare it with its card."""
    datasets = _store().datasets()
    if not datasets:
        return broken(
            "Aucune donnée n’est chargée.",
            "« portrea demo --no-serve » charge les données embarquées ; "
            "« portrea data add FICHIER » ajoute les vôtres.",
        )
    faults = [f"{each.id} : {fault}" for each in datasets for fault in _store().faults(each)]
    if faults:
        return broken(
            f"{len(faults)} fichiers abîmés : {' ; '.join(faults[:3])}.",
            "Rétablissez une sauvegarde, ou rechargez ces fichiers avec « portrea data add ».",
        )
    return good(f"{len(datasets)} jeux de données, conformes à leur fiche")


@check("calcul", "Calcul en service", group=GROUP)
def computation() -> Finding:
    """Look at the computation that the site shows."""
    found = _store().current()
    if found is None:
        return broken("Aucun calcul n’est en service : le site ne montre rien.", COMPUTE)
    tables = found.card.get("files", {})
    absent = [name for name in tables if not (found.folder / f"{name}.parquet").is_file()]
    if absent:
        return broken(f"Le calcul {found.id} a perdu des tables : {', '.join(absent)}.", COMPUTE)
    day = str(found.card.get("date", "?"))
    if day > timezone.now().date().isoformat():  # written in UTC
        return look(
            f"Le calcul {found.id} est daté du {day}, après aujourd’hui.",
            "L’horloge de cette machine, ou de celle qui a calculé, est fausse.",
        )
    loaded = {each.id for each in _store().datasets()}
    if set(found.card.get("datasets", ())) != loaded:
        return look(f"Des données ont changé depuis le calcul {found.id} du {day}.", COMPUTE)
    return good(f"calcul {found.id} du {day}")


@check("parts", "Calculs par départements", group=GROUP)
def parts() -> Finding:
    """Look for computations by départements that nobody finished."""
    begun = plans(_store())
    if begun:
        told = ", ".join(
            f"{each.id} du {each.date} ({len(each.missing)} parts à faire)" for each in begun
        )
        return look(
            f"Commencés, pas publiés : {told}.",
            "« portrea compute --split » les termine, « portrea compute --cancel » les oublie.",
        )
    return good("aucun n’est en cours")


@check("fond", "Fond de carte", group=GROUP)
def tiles() -> Finding:
    """Look for the tiles of the communes."""
    found = sorted((settings.PORTREA_HOME / "tiles").glob("communes-*.pmtiles"))
    if not found:
        return look(
            "Le fond de carte n’est pas fait : les pages montrent les listes, sans carte.",
            "Lancez « portrea map build ».",
        )
    if not any(path.stat().st_size for path in found):
        return broken(f"{found[-1]} est vide.", "Supprimez-le, puis « portrea map build ».")
    return good(found[-1].name)


@check("statiques", "Fichiers statiques", group=GROUP)
def static() -> Finding:
    """Look for the stylesheets and scripts that pages ask for."""
    if not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        return broken(
            f"Les feuilles de style et les scripts ne sont pas dans {settings.STATIC_ROOT}.",
            "« portrea serve » les y met au démarrage (sans « --no-prepare »).",
        )
    return good(str(settings.STATIC_ROOT))


@check("ages", "Âge des données", group=GROUP, database=True)
def ages() -> Finding:
    """Tell the data that are older than the limits of ``alerts/limits.yaml``."""
    old = [each for each in alerts() if each.key.partition(":")[0] in AGES]
    if old:
        return look(" ".join(each.what for each in old[:4]), old[0].remedy)
    return good("aucune donnée n’est plus ancienne que nos limites")
