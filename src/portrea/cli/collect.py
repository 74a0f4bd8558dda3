"""``portrea collect``: one laptop without internet serves a room; phones join by its Wi-Fi."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import DataError, StoreError
from portrea.cli import collect_network as network

if TYPE_CHECKING:
    from datetime import datetime

    from portrea.web.surveys.models import Day, Survey

SETTINGS = "portrea.web.config.settings.collect"
APPLICATION = "portrea.web.config.collect_wsgi:application"
THREADS = 4
"""Requests answered at once; one writes at a time, SQLite has one pen."""
LOOK = 60.0
"""Seconds between two looks at the disk."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the phones of a room need: the address, the day or the survey, the Wi-Fi."""

    key: str
    title: str
    pin: str
    host: str
    port: int
    ssid: str
    password: str

    @property
    def address(self) -> str:
        """What is typed in a phone."""
        return f"http://{self.host}:{self.port}"


@click.command()
@click.argument("key", metavar="[CLÉ]", required=False, default="")
@click.option(
    "--address", default="", help="Adresse Wi-Fi de ce portable (sinon, elle est trouvée)."
)
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@click.option("--ssid", default="", help="Nom du Wi-Fi, pour le code à scanner.")
@click.option("--password", default="", help="Mot de passe du Wi-Fi, pour le code à scanner.")
@click.option("--prepare", is_flag=True, help="Tout préparer et vérifier, sans servir.")
@click.option(
    "--import",
    "brought",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Mettre sur ce portable une journée téléchargée du site, puis s’arrêter.",
)
@click.option(
    "--export",
    "taken",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Écrire la journée et ses réponses dans un fichier à rapporter au site, puis s’arrêter.",
)
def collect(
    *, key: str, address: str, port: int, ssid: str, password: str,
    prepare: bool, brought: Path | None, taken: Path | None,
) -> None:  # fmt: skip
    """Servir une salle sans internet : les téléphones répondent par le Wi-Fi de ce portable.

    CLÉ est celle de la démarche ou de l’enquête (à la fin de l’adresse de sa page) ; sans elle, la
    seule journée ouverte. Arrêt : Ctrl-C. Guide : « Tenir une journée sans internet ».
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    if brought is not None:
        return _bring(brought)
    if taken is not None:
        return _take(key, taken)
    found = network.addresses()
    host = network.choose(address, found)
    network.check_port(host, port)
    room = _room(key, host, port, ssid, password)
    click.echo(_told(room, [one for one in found if one != host]))
    if not prepare:
        _serve(room)
    return None


def _room(key: str, host: str, port: int, ssid: str, password: str) -> Room:
    """Prepare the home, and return the room to serve."""
    _open_home()
    from portrea.cli.serve import collect_static

    collect_static()
    served = _served(key)
    pin = getattr(served, "pin", "")
    return Room(served.key, served.title, pin, host, port, ssid, password)


def _open_home() -> None:
    """Bring the database up to date; say when the disk is low, stop when it is full."""
    from portrea.cli.serve import prepare_database
    from portrea.sources.store import default_home

    home = default_home().expanduser()
    home.mkdir(parents=True, exist_ok=True)
    warning = network.check_space(network.free_space(home))
    if warning:
        click.echo(warning, err=True)
    prepare_database()


def _served(key: str) -> Day | Survey:
    """Return the day, or the survey, to serve."""
    from portrea.web.surveys.models import Day, Survey

    if key:
        found = Day.objects.filter(key=key).first() or Survey.objects.filter(key=key).first()
        if found is None:
            raise DataError(f"Aucune journée ni enquête n’a la clé « {key} ».", remedy=_choices())
        return found
    days = list(Day.objects.filter(closed=None)[:2])
    if len(days) != 1:
        some = "Plusieurs journées sont ouvertes" if days else "Aucune journée n’est ouverte"
        raise DataError(f"{some} sur ce portable.", remedy=_choices())
    return days[0]


def _choices() -> str:
    from portrea.web.surveys.models import Day

    rows = [f"portrea collect {day.key} ({day.title})" for day in Day.objects.filter(closed=None)]
    return (
        f"Journées ouvertes ici : {' ; '.join(rows)}."
        if rows
        else "Apportez-en une : portrea collect --import journee.zip."
    )


# -- serving --------------------------------------------------------------------------------------


def _serve(room: Room) -> None:
    """Answer the phones until interrupted, then say what came."""
    from multiprocessing import set_start_method

    from django.db import connection
    from django.utils import timezone
    from granian import Granian
    from granian.constants import Interfaces

    from portrea.cli.serve import STOPPING, serve_until_told

    told = {"address": room.address, "hosts": [room.host]}
    told |= {name: getattr(room, name) for name in ("key", "ssid", "password")}
    os.environ["COLLECT_ROOM"] = json.dumps(told)
    started = timezone.now()
    connection.close()
    set_start_method("spawn", force=True)  # a fork would copy the locks of polars' threads, held
    server = Granian(
        APPLICATION, address=room.host, port=room.port, interface=Interfaces.WSGI,
        workers=1, workers_kill_timeout=STOPPING, blocking_threads=THREADS, log_enabled=False,
    )  # fmt: skip
    stop = threading.Event()
    threading.Thread(target=_watch_disk, args=(stop,), daemon=True).start()
    try:
        serve_until_told(server)
    finally:
        stop.set()
        click.echo(_received(room, started))


def _watch_disk(stop: threading.Event) -> None:
    """Say once each time that the disk becomes low; phones are told « 507 » if it is full."""
    from django.conf import settings

    said = ""
    while not stop.wait(LOOK):
        try:
            warning = network.check_space(network.free_space(settings.PORTREA_HOME))
        except StoreError as error:
            warning = f"{error.message} Les téléphones gardent leurs réponses."
        if warning and warning != said:
            click.echo(warning, err=True)
        said = warning


# -- what is said ---------------------------------------------------------------------------------


def _told(room: Room, others: list[str]) -> str:
    """Return what the terminal shows: the address in full, to scan and to type."""
    lines = ["", f"  {room.title}", "", f"  Adresse pour les téléphones :  {room.address}/", ""]
    lines += [f"  {line}" for line in _drawn(f"{room.address}/").splitlines()]
    if room.ssid:
        secret = f", mot de passe : {room.password}" if room.password else ", sans mot de passe"
        lines.append(f"  Wi-Fi :                        {room.ssid}{secret}")
    if room.pin:
        pages = f"{room.address}/collecte"
        lines += [
            f"  Code de la salle (hôtes) :     {room.pin}",
            f"  À projeter au début :          {pages}/adresse/{room.key}/",
            f"  Tableau de la journée :        {pages}/tableau/{room.key}/",
        ]
    if others:
        lines.append(f"  Autres adresses :              {', '.join(others)} (--address)")
    lines += ["", "  Laissez ce portable ouvert et branché. Arrêter : Ctrl-C", ""]
    return "\n".join(lines)


def _drawn(address: str) -> str:
    """Return a QR code for a terminal, light on dark or dark on light alike."""
    import io

    import segno

    stream = io.StringIO()
    segno.make(address, error="m", micro=False).terminal(stream, compact=True, border=2)
    return stream.getvalue()


def _received(room: Room, started: datetime) -> str:
    """Return how many answers came since the beginning, and how to bring them back."""
    from portrea.web.surveys.models import Submission

    rows = Submission.objects.filter(received__gte=started)
    count, waiting = rows.count(), rows.exclude(faults={}).count()
    lines = [f"Réponses reçues depuis le début : {count}."]
    if waiting:
        lines.append(f"À vérifier : {waiting}.")
    if count:
        lines.append(f"Pour les rapporter au site : portrea collect {room.key} --export retour.zip")
    return "\n".join(lines)


# -- the file of a day ----------------------------------------------------------------------------


def _bring(path: Path) -> None:
    _open_home()
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.surveys.services.carrying import day_unpack

    told = day_unpack(actor=SYSTEM, content=path.read_bytes(), census=True)
    click.echo(told.words())
    click.echo(f"Le jour venu : portrea collect {told.key}")


def _take(key: str, path: Path) -> None:
    _open_home()
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.surveys.models import Day
    from portrea.web.surveys.services.carrying import day_pack

    served = _served(key)
    if not isinstance(served, Day):
        raise DataError("Seule une journée se met en fichier.", remedy=_choices())
    content = day_pack(actor=SYSTEM, key=served.key)
    beside = path.with_name(f".{path.name}.partiel")
    beside.write_bytes(content)
    beside.replace(path)
    size = network.megabytes(len(content))
    click.echo(f"{path} ({size}). Rapportez-le au site : page « Rapporter une journée ».")
