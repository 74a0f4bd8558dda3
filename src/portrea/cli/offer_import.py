"""``portrea offer import`` of any list: columns guessed or told by a profile, rows one by one."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import yaml

from portrea.base.errors import DataError, system_fault
from portrea.base.estimates import integer, percent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from portrea.offer.importing.locating import Located
    from portrea.offer.importing.mapping import Mapping
    from portrea.offer.importing.outcome import Imported
    from portrea.offer.record import Place
    from portrea.sources.ban import Found
    from portrea.sources.lists import ListFile

MOST_FAULTS = 20
MOST_COLUMNS = 80


def profile_named(told: str) -> Mapping:
    """Return a profile: a YAML file, or the name of one shipped with Portrea."""
    from pathlib import Path

    from portrea.offer.importing.mapping import from_dict, named
    from portrea.offer.importing.profiles import profiles

    path = Path(told)
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        return named(told, profiles())
    try:
        card = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = system_fault(error) if isinstance(error, OSError) else "il n’est pas bien écrit"
        raise DataError(f"Le profil {path} ne peut pas être lu : {why}.") from error
    return from_dict(card)


def read_any(
    path: Path, *, profile: str | None, sheet: str | None, strict: bool
) -> tuple[ListFile, Imported]:
    """Open a list, choose its mapping and read its rows."""
    from portrea.offer.importing.profiles import choose_mapping
    from portrea.offer.importing.rows import import_rows
    from portrea.sources.lists import read_list

    listing = read_list(path, sheet=sheet)
    mapping = profile_named(profile) if profile else choose_mapping(listing)
    today = datetime.now(UTC).date()
    return listing, import_rows(listing, mapping, today=today, strict_people=strict)


def echo_listing(listing: ListFile, mapping: Mapping) -> None:
    """Say how the file was opened and what its columns were taken for."""
    from portrea.offer.importing.mapping import label_of

    how = [listing.encoding, f"séparateur « {listing.separator} »" if listing.separator else None]
    sure = f"sûr à {percent(listing.confidence)}" if listing.confidence < 1 else None
    click.echo(
        f"{listing.title} : {', '.join(part for part in (*how, sure) if part) or 'classeur'}"
    )
    for remark in listing.remarks:
        click.echo(f"  à noter : {remark}")
    if not mapping.guesses:
        click.echo(f"  profil « {mapping.id} » : {mapping.title}")
        return
    click.echo("  colonnes devinées :")
    for guess in mapping.guesses[:MOST_COLUMNS]:
        sure = f" ({percent(guess.confidence)})" if guess.target else ""
        click.echo(f"  – « {guess.column[:60]} » → {label_of(guess.target)}{sure} : {guess.reason}")


def echo_imported(result: Imported) -> None:
    """Say what became of every row."""
    located = sum(1 for place in result.places if place.latitude is not None)
    click.echo(
        f"  {integer(result.read)} lignes lues, {integer(len(result.accepted))} acceptées "
        f"({integer(len(result.places))} lieux, dont {integer(located)} avec une position), "
        f"{integer(len(result.refused))} refusées, {integer(len(result.left_out))} hors de la "
        f"liste, {integer(result.empty)} vides"
    )
    for reason, count in result.reasons().items():
        click.echo(f"  refusées : {reason} ({integer(count)})")
    for sentence in result.people.sentences():
        click.echo(f"  données personnelles : {sentence}")
    for fault in result.faults[:MOST_FAULTS]:
        click.echo(f"  – {fault}")
    if len(result.faults) > MOST_FAULTS:
        click.echo(f"  – et {integer(len(result.faults) - MOST_FAULTS)} autres")


def save_profile(mapping: Mapping, target: Path, listing: ListFile) -> None:
    """Write the mapping as a profile file, to be read over, corrected and used again."""
    card = replace(mapping, id=target.stem, signature=listing.columns).to_dict()
    try:
        target.write_text(yaml.safe_dump(card, allow_unicode=True, sort_keys=False), "utf-8")
    except OSError as error:
        raise DataError(
            f"Le profil ne peut pas être écrit : {target} ({system_fault(error)})."
        ) from error
    click.echo(f"Profil écrit : {target}")


def write_refused(result: Imported, target: Path) -> None:
    """Write the refused rows, to mend and send again."""
    from portrea.sources.lists.writing import write_table

    columns, rows = result.to_mend()
    write_table(target, columns, rows)
    click.echo(f"Lignes refusées, à corriger et à renvoyer : {target}")


def write_places(result: Imported, target: Path) -> None:
    """Write the places read, as JSON lines."""
    write_records(result.places, target)


def write_records(places: Iterable[Place], target: Path) -> None:
    """Write places as JSON lines."""
    from portrea.offer.content import to_dict

    lines = (json.dumps(to_dict(place), ensure_ascii=False) for place in places)
    try:
        target.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise DataError(
            f"Le fichier {target} ne peut pas être écrit ({system_fault(error)})."
        ) from error
    click.echo(f"Lieux lus : {target}")


def locate(result: Imported, *, geocode: bool) -> tuple[Imported, list[dict[str, Any]]]:
    """Place what has no position, by the geocoder if asked, else at its commune; return the queue.

    A geocoder that does not answer stops the import: nothing has been changed yet.
    """
    from portrea.offer.importing.locating import Communes, put_on_map
    from portrea.sources.store import Store
    from portrea.territory import complete_territories

    lost = [place for place in result.places if place.latitude is None]
    territories = Store().gather("territories")
    communes = Communes(complete_territories(territories)) if territories.height else None
    located = put_on_map(result.places, _asked(lost) if geocode and lost else (), communes)
    if lost:
        _echo_located(located, communes is not None)
    return replace(result, places=located.places), [asdict(queued) for queued in located.queue]


def _echo_located(located: Located, known: bool) -> None:
    places = {place.id: place for place in located.places}
    kinds = [places[key].position for key in located.confidence]
    click.echo(f"  situés par leur adresse : {integer(sum(1 for k in kinds if k != 'commune'))}")
    click.echo(f"  situés à leur commune : {integer(kinds.count('commune'))}")
    if not known:
        click.echo(
            "  aucune commune n’est chargée (portrea data add) : rien n’est situé à sa commune"
        )
    click.echo(f"  à situer par une personne : {integer(len(located.queue))}")


def _asked(places: list[Place]) -> list[Found]:
    from portrea.cli.progress import progress_bar
    from portrea.sources.ban import geocode
    from portrea.steering.geocoding import addresses_of

    with progress_bar("Adresses") as progress:
        return geocode(addresses_of(places), progress=progress)


def apply_to_census(
    result: Imported, path: Path, *, title: str, queue: list[dict[str, Any]]
) -> None:
    """Put the places in the living census, as one import that can be undone."""
    from portrea.cli.census import photograph_census
    from portrea.cli.serve import prepare_database
    from portrea.sources.store import Store, file_sha256

    prepare_database()
    from django.db import transaction

    from portrea.offer.importing.outcome import sent_again
    from portrea.web.accounts.permissions import Actor
    from portrea.web.offer.receiving import not_taken
    from portrea.web.offer.services import import_apply, import_receive

    actor = Actor.system("portrea offer import")
    with transaction.atomic():
        batch = import_receive(
            actor=actor,
            source=result.mapping.source,
            title=title,
            file_name=path.name,
            sha256=file_sha256(path),
            whole=not sent_again(result.columns),
            report=report_of(result) | {"to_locate": queue},
        )
        batch = import_apply(
            actor=actor,
            batch=batch,
            places=result.places,
            rows={identifier: lines[0] for identifier, lines in result.lines.items()},
            not_taken=not_taken(result),
        )
    photograph_census(Store())
    told = batch.counts
    click.echo(
        f"Recensement (import n° {batch.pk}) : {integer(told['created'])} lieux ajoutés, "
        f"{integer(told['updated'])} changés, {integer(told['unchanged'])} inchangés"
    )


def report_of(result: Imported) -> dict[str, Any]:
    """Return the counts of an import and what was stripped, without any personal value."""
    from portrea.offer.importing.outcome import by_severity

    return {
        "read": result.read,
        "accepted": len(result.accepted),
        "refused": len(result.refused),
        "left_out": len(result.left_out),
        "empty": result.empty,
        "faults": {str(kind): count for kind, count in by_severity(result.faults).items()},
        "people": list(result.people.sentences()),
        "mapping": result.mapping.to_dict(),
    }


def refuse(result: Imported, path: Path, *, strict: bool) -> None:
    """Raise when nothing can be imported, or at the least fault when ``strict``."""
    from portrea.offer.importing.outcome import Severity

    faults = [f.diagnostic for f in result.faults if f.severity is not Severity.WARNING]
    if strict and faults:
        raise DataError(
            f"Le fichier {path.name} est refusé : {integer(len(faults))} faute(s).",
            diagnostics=tuple(faults[:200]),
            remedy="Corrigez-le, ou importez-le sans --strict pour garder ce qui est valable.",
        )
    if not result.places:
        raise DataError(
            f"Le fichier {path.name} ne contient aucun lieu qui puisse être importé.",
            diagnostics=tuple(row.reasons[0] for row in result.refused[:200]),
            remedy="Corrigez les lignes citées, ou dites ses colonnes avec --profile.",
        )
