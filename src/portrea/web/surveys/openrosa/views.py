"""The addresses that ODK clients ask: no account, no cookie, every answer in XML, in French."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.bodies import announced
from portrea.base.errors import DataError, ParameterError, PortreaError, StoreError, no_room
from portrea.surveys.instance import form_named
from portrea.web.accounts.permissions import VISITOR, act
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.surveys.openrosa import xml
from portrea.web.surveys.openrosa.selectors import Door, Offered, door_of_day, door_of_survey
from portrea.web.surveys.services.intake import Taken
from portrea.web.surveys.services.receiving import Parcel, Received, receive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from django.http import HttpRequest

PART = "xml_submission_file"
UNFINISHED = "*isIncomplete*"
SEND_RATE, READ_RATE = "6000/10min", "3000/10min"
"""By network address: two hundred phones of one room that send twenty answers each are 4 000."""
_PIECE = 1 << 16


class TooManyError(PortreaError):
    """Too many requests came from one network address."""


_STATUSES: dict[type[PortreaError], int] = {
    ParameterError: 413,
    DataError: 400,
    StoreError: 507,
    TooManyError: 429,
}


def openrosa(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer in the words and with the headers of the protocol, whatever happens."""

    @wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            response = view(request, *arguments, **named)
        except Http404 as error:
            response = xml.message(404, str(error))
        except PermissionDenied as error:
            response = xml.message(403, str(error))
        except PortreaError as error:
            status = next((s for kind, s in _STATUSES.items() if isinstance(error, kind)), 400)
            response = xml.message(status, f"{error.message} {error.remedy}".strip())
        except RequestDataTooBig:
            response = _too_big()
        except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
            response = xml.message(400, "Cet envoi est coupé ou mal formé. Envoyez-le de nouveau.")
        except (OSError, OperationalError) as error:
            if not no_room(error):
                raise
            response = _full()
        return xml.headed(response)

    return answered


@openrosa
@require_safe
def form_list(request: HttpRequest, **where: str) -> HttpResponse:
    """List the forms that may be filled."""
    _count(request, "lire", READ_RATE)
    door = _door(**where)
    wanted = request.GET.get("formID", "")
    offered = door.offered(every="listAllVersions" in request.GET)
    chosen = [one for one in offered if wanted in ("", one.form_id)]

    def address(_one: Offered, file: str) -> str:
        return request.build_absolute_uri(f"{door.base}/forms/{file}")

    return xml.list_of(chosen, address)


@openrosa
@require_safe
def form_file(request: HttpRequest, file: str, **where: str) -> HttpResponse:
    """Send a form, of any version that was published."""
    _count(request, "lire", READ_RATE)
    found = next((one for one in _door(**where).offered(every=True) if one.file == file), None)
    if found is None:
        raise Http404(f"Il n’y a pas de questionnaire « {file[:80]} » à cette adresse.")
    return HttpResponse(found.xform, content_type=xml.XML)


@openrosa
@require_safe
def form_manifest(request: HttpRequest, file: str, **where: str) -> HttpResponse:
    """Tell which files a form needs beside it."""
    form_file(request, file=file, **where)
    return xml.manifest()


@csrf_exempt  # ODK clients have no cookie; the answer is anonymous whoever is connected
@openrosa
@require_http_methods(["HEAD", "POST"])
@act("survey.answer")
def submission(request: HttpRequest, **where: str) -> HttpResponse:
    """Take an answer and its files.

    Nothing of a browser's session is read: what another site would make a browser send here, its
    author may send as well without any account. This is why no CSRF token is asked.
    """
    door = _door(**where)
    if request.method == "HEAD":
        return HttpResponse(status=204)
    _count(request, "envoyer", SEND_RATE)
    if announced(request.META) > xml.MOST_BODY:
        return _too_big()
    parts, files = _parts(request)
    try:
        answers = _xml_of(parts, files)
        named, version = form_named(answers)
        survey = door.survey_of(named)
        parcel = Parcel(answers, named, version, files, door.invitation)
        return _told(receive(actor=VISITOR, survey=survey, parcel=parcel))
    finally:
        for file in files.values():
            file.close()


def _told(found: Received) -> HttpResponse:
    """Say what became of an answer, in the words of whoever holds the phone."""
    waits = found.receipt.submission.waits_for
    words = {
        Taken.NEW: "Merci, vos réponses sont enregistrées.",
        Taken.KNOWN: "Ces réponses étaient déjà enregistrées.",
        Taken.CLASH: "Des réponses différentes portaient déjà cet identifiant : "
        "les vôtres sont gardées à part, l’équipe choisira.",
    }[found.receipt.taken]
    if found.unread:
        words += " Cette version du questionnaire n’est pas connue ici : vos réponses sont gardées"
        words += " telles quelles, l’équipe les relira."
    if waits:
        words += f" Fichiers encore attendus : {', '.join(waits[:5])}."
    if found.left:
        words += f" Non demandé, donc non gardé : {', '.join(found.left[:5])}."
    return xml.message(202 if found.unread else 201, words)


def _door(key: str, token: str = "", kind: str = "") -> Door:
    return door_of_day(key) if kind else door_of_survey(key, token)


def _count(request: HttpRequest, what: str, rate: str) -> None:
    allowed = throttle(f"openrosa-{what}:{visitor(request)}", rate)
    if not allowed:
        message = "Trop de demandes viennent de cette connexion."
        raise TooManyError(message, remedy=f"Attendez {allowed.wait} secondes : rien n’est perdu.")


def _parts(request: HttpRequest) -> tuple[Any, dict[str, BinaryIO]]:
    """Return the fields and the files of a request; files by the name their answer gives them."""
    if request.content_type != "multipart/form-data":
        raise DataError(
            "Cet envoi n’est pas celui d’une application ODK.",
            remedy=f"Envoyez un formulaire multipart avec une partie « {PART} ».",
        )
    try:
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            with _spooled(request) as (stream, size):
                meta = {**request.META, "CONTENT_LENGTH": str(size)}
                parts, sent = request.parse_file_upload(meta, stream)
        else:
            parts, sent = request.parse_file_upload(request.META, request)
    except OSError:
        for handler in request.upload_handlers:  # Django leaves open the one being written
            if hasattr(handler, "file"):
                handler.file.close()
        raise
    files: dict[str, BinaryIO] = {}
    for field, listed in sent.lists():
        for one in listed:
            files[PART if field == PART else (one.name or field)] = one
    return parts, files


@contextmanager
def _spooled(request: HttpRequest) -> Iterator[tuple[BinaryIO, int]]:
    """Give a body that does not announce its size, read up to what is accepted."""
    source, size = request.META["wsgi.input"], 0
    with tempfile.TemporaryFile() as stream:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > xml.MOST_BODY:
                raise RequestDataTooBig
            stream.write(piece)
        stream.seek(0)
        yield stream, size


def _xml_of(parts: Any, files: dict[str, BinaryIO]) -> bytes:
    """Return the answers; a client may send them as a file or as a field."""
    file = files.pop(PART, None)
    if file is not None:
        with file:
            return file.read()
    told = parts.get(PART)
    if told is None:
        message = f"Cet envoi ne contient pas de réponses (partie « {PART} »)."
        raise DataError(message, remedy="Envoyez de nouveau le formulaire depuis l’application.")
    return str(told).encode()


def _too_big() -> HttpResponse:
    most = xml.MOST_BODY // 1_000_000
    return xml.message(
        413,
        f"Cet envoi est trop gros : {most} Mo au plus. "
        "Réduisez la taille des photos (paramètre « Taille d’image »), puis envoyez de nouveau.",
    )


def _full() -> HttpResponse:
    return xml.message(
        507,
        "Le disque du serveur est plein : rien de cet envoi n’est perdu, le téléphone le garde. "
        "Prévenez la personne qui tient le site, puis envoyez de nouveau.",
    )
