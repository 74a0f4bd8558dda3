"""The register and the AIPD template as documents: PDF, DOCX, ODT, XLSX, CSV or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from portrea.steering.document import Cell, Column, Kind, Portrait, Section, Sentence, Table
from portrea.web.operation.registers.reading import declared, processings, proofs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.web.operation.registers.reading import Processing

UNKNOWN = "À compléter par l’éditeur."
REGISTER = Kind("Registre", "Registre des activités de traitement · RGPD, art. 30", "registre", ())
IMPACT = Kind("Modèle", "Analyse d’impact (AIPD) pré-remplie · RGPD, art. 35", "aipd", ())
RISKS = ("Accès illégitime", "Modification non désirée", "Disparition de données")
"""Feared events of the CNIL method: a person weighs them, never this site."""
OPEN = "À apprécier par une personne."


def register() -> Portrait:
    """Return the register: one section by processing."""
    sections = [_processing(one) for one in processings()]
    return _document(REGISTER, "des traitements", (*sections, _measures()))


def impact() -> Portrait:
    """Return the template of an AIPD: what the code knows is written, the rest is left open."""
    flows = [(one.title, one.people, one.data, _readers(one)) for one in processings()]
    flow = _table(
        "flux", "Qui, quoi, pour qui", ("Traitement", "Personnes", "Données", "Lu par"), flows
    )
    weighed = [(one.title, risk, OPEN, OPEN, OPEN) for one in processings() for risk in RISKS]
    titles = ("Traitement", "Événement redouté", "Gravité", "Vraisemblance", "Mesure à ajouter")
    risks = _table("risques", "Risques à apprécier", titles, weighed)
    asked = ("Nécessité et proportionnalité", "Avis du délégué à la protection des données",
             "Avis des personnes concernées", "Décision du responsable de traitement")  # fmt: skip
    sections = (
        _section("contexte", "Contexte et flux", "Ce que le logiciel garde et qui le lit.", flow),
        _measures(),
        _section("risques", "Risques", "Le logiciel ne les apprécie pas.", risks),
        *(_section(f"ouvert-{n}", title, UNKNOWN) for n, title in enumerate(asked)),
    )
    return _document(IMPACT, "d’analyse d’impact", sections)


def _processing(one: Processing) -> Section:
    facts = (
        ("Finalité", one.purpose),
        ("Bases légales", " ; ".join(one.bases)),
        ("Personnes", one.people),
        ("Données", one.data),
        ("Destinataires", _readers(one)),
        ("Transferts", declared()["transfers"]),
        ("Colonnes", ", ".join(one.columns)),
    )
    kept = [
        (
            entry.what,
            f"{entry.duration}, puis {entry.outcome}",
            entry.function,
            proofs()[entry.name],
        )
        for entry in one.kept
    ]
    titles = ("Quoi", "Durée et fin", "Fonction", "Essai")
    return _section(
        f"traitement-{one.name}",
        one.title,
        one.purpose,
        _table(f"fiche-{one.name}", f"Fiche : {one.title}", ("Rubrique", "Contenu"), facts),
        _table(f"durees-{one.name}", f"Durées : {one.title}", titles, kept),
    )


def _measures() -> Section:
    lines = [(text,) for text in declared()["measures"]]
    table = _table("mesures", "Mesures de sécurité", ("Mesure",), lines)
    return _section("mesures", "Mesures de sécurité", "Celles du logiciel.", table)


def _readers(one: Processing) -> str:
    return " ; ".join(f"{act} : {roles}" for act, roles in one.recipients)


def _document(kind: Kind, of_name: str, sections: tuple[Section, ...]) -> Portrait:
    controller = settings.PORTREA_PUBLISHER or UNKNOWN
    contact = settings.PORTREA_CONTACT or UNKNOWN
    told = (
        f"Responsable de traitement : {controller} Délégué à la protection des données : {UNKNOWN}"
    )
    return Portrait(
        territory="france:FR",
        title=of_name,
        of_name=of_name,
        subtitle=f"Écrit par Portrea {settings.PORTREA_VERSION} le {timezone.localdate():%d/%m/%Y}",
        headline=Sentence(f"{told} Contact : {contact}"),
        summary=(),
        key_figures=(),
        sections=sections,
        sources=(),
        unknowns=(),
        computation_id=f"portrea-{settings.PORTREA_VERSION}",
        computed_on=timezone.localdate().isoformat(),
        kind=kind,
    )


def _section(name: str, title: str, lead: str, *tables: Table) -> Section:
    return Section(name, title, Sentence(lead), tables=tables)


def _table(name: str, caption: str, titles: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    cells = tuple(tuple(Cell(text) for text in row) for row in rows)
    return Table(name, caption, tuple(Column(title) for title in titles), cells)
