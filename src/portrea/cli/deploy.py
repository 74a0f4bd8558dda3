"""``portrea deploy``: the files of a server, the update of its site, and whether it answers."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

import click

from portrea.base.errors import ParameterError, StoreError, system_fault
from portrea.cli.deploy_files import EXAMPLE, PROGRAMS, Deployment, files_of

PATIENCE = 10.0
"""Seconds left to the site to answer a probe."""
PAUSE = 0.5
"""Seconds between two tries while the site starts."""


@click.group()
def deploy() -> None:
    """Mettre le site sur un serveur."""


@deploy.command()
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", metavar="NOM", required=True, help="Nom public : portrait.ma-commune.fr.")
@click.option("--home", default=EXAMPLE.home, show_default=True, help="Dossier des données.")
@click.option("--prefix", default=EXAMPLE.prefix, show_default=True, help="Où est Portrea.")
@click.option(
    "--env-file", default=EXAMPLE.env_file, show_default=True, help="Fichier des réglages."
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Port du site, derrière le mandataire.",
)
def write(folder: Path, *, port: int, **names: str) -> None:
    """Écrire les unités systemd, les mandataires et les conteneurs, avec vos noms.

    Rien n’est installé : le guide « Mettre Portrea en production » dit où copier chaque fichier.
    """
    chosen = Deployment(**names, address=f"127.0.0.1:{port}")
    if folder.exists() and any(folder.iterdir()):
        raise ParameterError(
            f"Le dossier « {folder} » n’est pas vide.", remedy="Donnez le nom d’un dossier neuf."
        )
    for name, content in files_of(chosen).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if name in PROGRAMS:
            path.chmod(0o755)
    click.echo(f"Fichiers de {chosen.host} écrits dans « {folder} » : lisez README.md.")


@deploy.command()
def prepare() -> None:
    """Mettre à jour la base et les fichiers statiques, sans servir.

    À faire une fois après chaque nouvelle version, avant de relancer le site. Recommencer ne change
    rien.
    """
    from portrea.cli.serve import prepare_site

    prepare_site()
    click.echo("La base et les fichiers statiques sont à jour.")


@deploy.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Port du site sur cette machine.",
)
@click.option(
    "--wait",
    type=click.IntRange(0, 3600),
    default=60,
    show_default=True,
    help="Secondes laissées au site pour démarrer.",
)
def probe(port: int, wait: int) -> None:
    """Demander au site de cette machine s’il va bien.

    Code de sortie 0 s’il répond 200 sur /sante/ ; autrement, dit pourquoi.
    """
    status, told = awaited(port, wait)
    for name, value in told.items():
        click.echo(f"{name} : {value}")
    if status != 200:
        raise StoreError(
            f"Le site répond, mais il n’est pas prêt (code {status}).",
            remedy="Chargez des données puis lancez « portrea compute », ou vérifiez la base.",
        )
    click.echo("Le site va bien.")


def awaited(port: int, wait: float) -> tuple[int, dict[str, object]]:
    """Ask until something answers, ``wait`` seconds at most."""
    limit = time.monotonic() + wait
    while True:
        try:
            return ask(port)
        except ParameterError:
            if time.monotonic() >= limit:
                raise
            time.sleep(PAUSE)


def ask(port: int) -> tuple[int, dict[str, object]]:
    """Return the status and the words of ``/sante/``, asked as the proxy would.

    Raises
    ------
    ParameterError
        Nothing answers on that port.
    """
    from portrea.web.config.settings import variables

    names = variables.listed("PORTREA_HOSTS") or ["127.0.0.1"]
    headers = {"Host": names[0].lstrip("."), "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/sante/", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    except OSError as error:
        raise ParameterError(
            f"Rien ne répond sur 127.0.0.1, port {port} : {system_fault(error)}.",
            remedy="Voyez le journal : journalctl -u portrea.",
        ) from error
    finally:
        connection.close()
    return answer.status, _words(body)


def _words(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
