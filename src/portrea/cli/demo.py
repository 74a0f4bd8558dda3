"""``portrea demo``: everything from the embedded data to the site, each step done once."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.cli.demo_reset import reset
from portrea.cli.progress import progress_bar
from portrea.cli.serve import prepare_site, refuse_taken, run_server
from portrea.sources.census import SOURCE as CENSUS
from portrea.sources.store import Store, default_home
from portrea.steering.code import code_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portrea.base.progress import Progress

PILOT = "epci:243500550"
PILOT_NAME = "Montfort Communauté"
PILOT_DEPARTEMENT = "35"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to prepare: what it makes, what the result depends on, and how to make it."""

    name: str
    result: Path
    depends_on: str
    run: Callable[[Progress], object]


@click.command()
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Dossier des données (par défaut : PORTREA_HOME, sinon celui du système).",
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@click.option("--serve/--no-serve", default=True, help="Servir le site à la fin, ou s’arrêter là.")
@click.option(
    "--departements",
    metavar="CODES",
    help="Pour un essai rapide : seulement ces départements (codes séparés par des virgules) et "
    "celui du territoire pilote, 35. Par défaut : toute la France.",
)
@click.option(
    "--reset",
    "again",
    is_flag=True,
    help="Effacer d’abord la démonstration, comptes et saisies compris, après confirmation.",
)
@click.option("--yes", is_flag=True, help="Ne pas demander cette confirmation.")
def demo(
    home: Path | None,
    port: int,
    departements: str | None,
    *,
    serve: bool,
    again: bool,
    yes: bool,
) -> None:
    """Tout préparer et montrer le site sur ce poste.

    Charge les données embarquées (la France, et les chiffres publiés du Pays de Brocéliande),
    calcule besoins et accès, fabrique le fond de carte et un portrait PDF, puis sert le site sur
    127.0.0.1. Ce qui est déjà fait n’est pas refait.
    """
    home = (home or default_home()).expanduser().resolve()
    os.environ["PORTREA_HOME"] = str(home)
    started = time.monotonic()
    if serve:
        refuse_taken("127.0.0.1", port)
    if again:
        reset(home, confirmed=yes)
    click.echo(f"Données : {home}", err=True)
    prepare(home, departements=_departements(departements))
    click.echo(_where_to_look(home, port, served=serve))
    click.echo(f"Prêt en {time.monotonic() - started:.0f} s.", err=True)
    if serve:
        run_server(host="127.0.0.1", port=port, workers=1)


def prepare(home: Path, *, departements: frozenset[str] = frozenset()) -> None:
    """Do every step whose result is missing or out of date under ``home``.

    Parameters
    ----------
    departements
        Codes of the only départements to load; empty: all of France.
    """
    done_path = home / "demo.json"
    done = _read_done(done_path)
    for step in _steps(home, departements):
        if step.result.exists() and done.get(step.name) == step.depends_on:
            continue
        with progress_bar(step.name) as progress:
            step.run(progress)
        done[step.name] = step.depends_on
        done_path.write_text(json.dumps(done, ensure_ascii=False, indent=1), "utf-8")
    prepare_site()


def portrait_path(home: Path) -> Path:
    """Return where the demo keeps the pilot's portrait."""
    return home / "portraits" / f"{PILOT.replace(':', '-')}.pdf"


def _departements(text: str | None) -> frozenset[str]:
    """Read the option ``--departements``: the pilot's one is always among them."""
    from portrea.territory.codes import departements_written

    codes = departements_written(text or "")
    return codes | {PILOT_DEPARTEMENT} if codes else codes


def _steps(home: Path, departements: frozenset[str]) -> Iterator[Step]:
    """Yield the steps in order; each is described once the former ones are done."""
    store = Store(home)
    code = ",".join((code_digest(), *sorted(departements)))
    pointer = store.root / "current"
    yield Step(
        "Données embarquées",
        store.root / "manifest.json",
        code,
        partial(_load, store, departements),
    )
    manifest = store.root / "manifest.json"
    yield Step("Recensement", manifest, _lists(store), partial(_census, store))
    yield Step("Calcul", pointer, code, partial(_compute, store))
    yield Step("Fond de carte", home / "tiles", code, partial(_tiles, store))
    computation = f"{pointer.read_text('utf-8')} {code}"
    yield Step("Portrait PDF", portrait_path(home), computation, partial(_portrait, store))


def _lists(store: Store) -> str:
    """Name the lists of places that the census is made of (not its own photograph)."""
    told = [d for d in store.datasets() if d.rows.get("places") and d.provenance.source != CENSUS]
    return ",".join(sorted(dataset.id for dataset in told))


def _load(store: Store, departements: frozenset[str], progress: Progress) -> None:
    from portrea.sources.loading import load_embedded

    load_embedded(store, departements=departements or None, progress=progress)


def _census(store: Store, progress: Progress) -> None:
    from portrea.cli.census import load_census

    load_census(store, progress)


def _compute(store: Store, progress: Progress) -> None:
    from portrea.steering.computation import compute

    compute(store, progress=progress)


def _tiles(store: Store, progress: Progress) -> None:
    from portrea.cli.map import build_map

    build_map(store, progress=progress)


def _portrait(store: Store, progress: Progress) -> None:
    from portrea.steering.pdf import portrait_pdf
    from portrea.steering.portrait import build_portrait
    from portrea.steering.reading import Reader

    progress(0.1, PILOT_NAME)
    reader = Reader(store)
    portrait = build_portrait(reader, reader.gazetteer.resolve(PILOT))
    path = portrait_path(store.home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(portrait_pdf(portrait))


def _read_done(path: Path) -> dict[str, str]:
    try:
        done: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return done


def _where_to_look(home: Path, port: int, *, served: bool) -> str:
    site = f"http://127.0.0.1:{port}"
    lines = [
        "",
        f"  Accueil                         {site}/",
        f"  Un EPCI du territoire pilote    {site}/territoires/epci/{PILOT.split(':')[1]}/",
        f"  La carte                        {site}/carte/",
        f"  Son portrait en PDF             {portrait_path(home)}",
        "",
        "  Arrêter : Ctrl-C" if served else "  Servir le site : portrea serve",
    ]
    return "\n".join(lines)
