"""``portrea offer import`` of a file that Portrea wrote: known by its shape, read back whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from portrea.base.errors import DataError, Diagnostic
from portrea.base.estimates import integer

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from portrea.offer.importing.people import People
    from portrea.offer.record import Place
    from portrea.steering.exchange_reading import OwnFile

SOURCE = "portrea"
SOURCE_CAPACITY = "portrea-capacite"
MOST = 200


def read_own_file(path: Path) -> OwnFile | None:
    """Return one of our exports, ``None`` when the file is not one."""
    from portrea.steering.exchange_reading import read_own

    return read_own(path, known=_known)


def _known(identifiers: Collection[str]) -> dict[str, Place]:
    from portrea.cli.census import has_census
    from portrea.sources.store import Store

    if not has_census(Store()):
        return {}
    from portrea.web.offer.census import census_place

    found = ((identifier, census_place(identifier)) for identifier in identifiers)
    return {identifier: place.content for identifier, place in found if place}


def import_own(
    path: Path, own: OwnFile, *, strict: bool, dry_run: bool, places: Path | None
) -> None:
    """Put the places of one of our exports in the census, under the identifiers they have."""
    from portrea.cli.offer_import import write_records
    from portrea.offer.importing.own import without_people
    from portrea.offer.importing.people import People
    from portrea.steering.exchange import STANDARDS

    people = People()
    kept = [without_people(place, row, people) for row, place in enumerate(own.places, 2)]
    click.echo(f"{path.name} : export de Portrea ({STANDARDS[own.standard].label})")
    click.echo(f"  {integer(len(kept))} lieux lus, {integer(len(own.unknown))} inconnus")
    for sentence in people.sentences():
        click.echo(f"  données personnelles : {sentence}")
    _refuse(path, own, people, strict=strict)
    if places:
        write_records(kept, places)
    if dry_run:
        click.echo("Essai : rien n’a été changé.")
        return
    _apply(path, own, kept, people)


def _refuse(path: Path, own: OwnFile, people: People, *, strict: bool) -> None:
    unknown = tuple(
        Diagnostic("unknown-place", "lieu qui n’est pas dans le recensement", None, "id_lieu", told)
        for told in own.unknown[:MOST]
    )
    if not own.places:
        raise DataError(
            f"Le fichier {path.name} ne contient aucun lieu qui puisse être importé.",
            diagnostics=unknown,
            remedy="Importez d’abord la liste des lieux." if unknown else "",
        )
    if strict and (unknown or people.counts):
        raise DataError(
            f"Le fichier {path.name} est refusé : des lieux inconnus ou des données personnelles.",
            diagnostics=unknown,
            remedy="Corrigez-le, ou importez-le sans --strict pour garder ce qui est valable.",
        )
    for fault in unknown[:20]:
        click.echo(f"  – {fault}")


def _apply(path: Path, own: OwnFile, kept: list[Place], people: People) -> None:
    from portrea.cli.census import photograph_census
    from portrea.cli.serve import prepare_database
    from portrea.sources.store import Store, file_sha256

    prepare_database()
    from django.db import transaction

    from portrea.web.accounts.permissions import Actor
    from portrea.web.offer.services import import_apply, import_receive
    from portrea.web.offer.services.imports import NotTaken

    actor, only_capacity = Actor.system("portrea offer import"), own.standard == "csv"
    with transaction.atomic():
        batch = import_receive(
            actor=actor,
            source=SOURCE_CAPACITY if only_capacity else SOURCE,
            title=f"Export de Portrea ({path.name})",
            file_name=path.name,
            sha256=file_sha256(path),
            report=_report(own, kept, people),
        )
        batch = import_apply(
            actor=actor,
            batch=batch,
            places=kept,
            not_taken=[
                NotTaken(None, ("lieu qui n’est pas dans le recensement",), {"id_lieu": told})
                for told in own.unknown
            ],
            own=True,
        )
    photograph_census(Store())
    _echo_counts(batch.pk, batch.counts)


def _report(own: OwnFile, kept: list[Place], people: People) -> dict[str, Any]:
    return {
        "read": len(kept) + len(own.unknown),
        "accepted": len(kept),
        "refused": len(own.unknown),
        "people": list(people.sentences()),
    }


def _echo_counts(number: int, told: dict[str, int]) -> None:
    click.echo(
        f"Recensement (import n° {number}) : {integer(told['places'])} lieux ajoutés, "
        f"{integer(told['created'] - told['places'])} lieux connus complétés, "
        f"{integer(told['updated'])} changés, {integer(told['unchanged'])} inchangés"
    )
