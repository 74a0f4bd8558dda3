"""``portrea serve``: the site, served by granian."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portrea.base.errors import ParameterError, StoreError, system_fault
from portrea.cli.supervision import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from granian.server.common import AbstractServer

APPLICATION = "portrea.web.config.wsgi:application"
SETTINGS = "portrea.web.config.settings.prod"
STOPPING = 8
"""Seconds left to the pages being answered when the site is told to stop, slow clients included."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Nombre de processus qui répondent.",
)
@click.option(
    "--prepare/--no-prepare",
    default=True,
    show_default=True,
    help="Mettre à jour la base des saisies et les fichiers statiques avant de servir.",
)
@click.option(
    "--worker/--no-worker",
    default=True,
    show_default=True,
    help="Lancer aussi le travail de fond (courriels, imports, tâches de chaque jour).",
)
def serve(host: str, port: int, workers: int, prepare: bool, worker: bool) -> None:
    """Servir le site public et l’administration.

    Les données sont lues dans PORTREA_HOME ; les réglages viennent de l’environnement
    (docs/utilisateurs/reference/reglages.md). Arrêt : Ctrl-C.
    """
    refuse_taken(host, port)
    if prepare:
        prepare_site()
    run_server(host=host, port=port, workers=workers, worker=worker)


def refuse_taken(host: str, port: int) -> None:
    """Refuse an address that cannot be listened to, before any long work.

    Raises
    ------
    ParameterError
        Another program listens there, or the address is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise ParameterError(
            f"Impossible d’écouter sur {host}, port {port} : {system_fault(error)}.",
            remedy=f"Un autre programme s’en sert peut-être : essayez « --port {port + 1} ».",
        ) from error


def prepare_site() -> None:
    """Bring the database up to date and collect the static files when they changed."""
    prepare_database()
    collect_static()
    _keep_columns()


def prepare_database() -> None:
    """Configure Django, end a restoration that was stopped, bring the database up to date."""
    from django.conf import settings
    from django.core.management import call_command

    setup_django()
    from portrea.web.operation.backups.swapping import finish

    Path(settings.PORTREA_HOME).mkdir(parents=True, exist_ok=True)
    finish(Path(settings.PORTREA_HOME), settings.DATABASES["default"])
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def setup_django() -> None:
    """Configure Django for a published site, unless the environment chose other settings."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()


def run_server(*, host: str, port: int, workers: int, worker: bool = True) -> None:
    """Answer requests until interrupted, with a background worker beside."""
    from multiprocessing import set_start_method

    from granian import Granian
    from granian.constants import Interfaces

    set_start_method("spawn", force=True)  # a fork would copy the locks of polars' threads, held
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    count_together()
    server = Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        workers_kill_timeout=STOPPING,
        log_enabled=False,
    )
    supervisor = Supervisor() if worker else None
    if supervisor:
        supervisor.start()
    try:
        serve_until_told(server)
    finally:
        if supervisor:
            supervisor.stop()


def serve_until_told(server: AbstractServer[Any]) -> None:
    """Serve until told to stop, which is a good end; a process that dies by itself is not."""
    try:
        server.serve()
    except SystemExit:
        if not server.interrupt_signal:
            raise


def count_together() -> None:
    """Let the processes about to start count in one folder, emptied: a new start counts from 0."""
    from portrea.sources.store import default_home

    folder = default_home().expanduser() / "cache" / "mesures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _keep_columns() -> None:
    """Read a large census once, before the first visitor."""
    from portrea.web.journeys.board import prepare as prepare_board
    from portrea.web.offer.living import prepare as prepare_offer
    from portrea.web.offer.search import prepare

    prepare()
    prepare_offer()
    try:
        prepare_board()
    except StoreError:  # nothing computed yet: pages say what to do
        return


def collect_static() -> None:
    """Collect the static files when they changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = (
        Path(storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list(ignore_patterns=None)
    )
    digest = _digest(found)
    stamp = Path(settings.STATIC_ROOT) / ".digest"
    if stamp.exists() and stamp.read_text("utf-8") == digest:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest, "utf-8")


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        state = path.stat()
        digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
