"""Ask the national address base where addresses are: by lots, patiently, never more than needed.

Nothing is sent unless somebody asks for it: only the address, its postcode and its commune leave
the machine, never the name of the place nor anything else. ``PORTREA_BAN_URL`` names another
server of the same interface (``/search/csv/``).
"""

from __future__ import annotations

import csv
import io
import os
import time
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import yaml

from portrea.base.errors import DataError, ParameterError
from portrea.base.progress import silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from portrea.base.progress import Progress

PASSING = (408, 425, 429, 500, 502, 503, 504)
POSITIONS = {
    "housenumber": "address",
    "street": "street",
    "locality": "street",
    "municipality": "commune",
}
"""Kind of answer → how the position of a place was found."""
LONGEST_ANSWER = 20 << 20
_COLUMNS = ("id", "adresse", "postcode", "citycode")


@dataclass(frozen=True, slots=True)
class Address:
    """What is asked: an identifier of ours, a line, and what is known of the commune."""

    id: str
    line: str
    postcode: str | None = None
    commune: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: a position (degrees), its score in [0, 1], what it is and where.

    ``sure`` says that the score is high enough and that the commune is the one asked for; any
    other answer is for a person to judge, ``why`` says what is doubtful.
    """

    id: str
    latitude: float
    longitude: float
    score: float
    kind: str
    label: str
    commune: str | None
    sure: bool
    why: str = ""

    @property
    def position(self) -> str:
        """How the point was found, as a record tells it: address, street or commune."""
        return POSITIONS.get(self.kind, "commune")


class _PassingError(Exception):
    """A fault that another attempt may cure; ``wait`` is what the server asks for (seconds)."""

    def __init__(self, words: str, wait: float | None = None) -> None:
        super().__init__(words)
        self.wait = wait


@cache
def parameters() -> Mapping[str, Any]:
    """Return the dated parameters (``ban.yaml``)."""
    text = files("portrea.sources").joinpath("ban.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def ban_url() -> str:
    """Return the server's address: that of ``PORTREA_BAN_URL``, else the official one.

    Raises :class:`ParameterError` unless it is HTTPS (or this very machine).
    """
    url = os.environ.get("PORTREA_BAN_URL", "").strip() or str(parameters()["url"]["value"])
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise ParameterError(
            f"PORTREA_BAN_URL n’est pas une adresse https:// : « {url} ».",
            remedy="Les adresses ne sont envoyées qu’à un serveur dont le certificat est vérifié.",
        )
    return url.rstrip("/")


def geocode(
    addresses: Sequence[Address],
    *,
    url: str | None = None,
    waited_for: bool = False,
    progress: Progress = silent,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Found]:
    """Return where addresses are; an address without answer is simply not in the result.

    Parameters
    ----------
    waited_for
        A person waits for the answer: asked once, for a few seconds.

    Raises
    ------
    DataError
        The server cannot be reached, refuses, or answers something else; nothing is half kept.
    """
    size, pause = int(_value("chunk")), float(_value("pause"))
    attempts = 1 if waited_for else int(_value("attempts"))
    timeout = float(_value("short_timeout" if waited_for else "timeout"))
    found: list[Found] = []
    base = url or ban_url()
    with httpx.Client(timeout=timeout, follow_redirects=False) as client:
        for first in range(0, len(addresses), size):
            if first:
                sleep(pause)
            lot = addresses[first : first + size]
            progress(first / len(addresses), f"{first} adresses sur {len(addresses)}")
            found += _answers(lot, _ask(client, f"{base}/search/csv/", lot, attempts, sleep))
    progress(1.0, f"{len(addresses)} adresses")
    return found


def _value(name: str) -> Any:
    return parameters()[name]["value"]


def _ask(
    client: httpx.Client,
    url: str,
    lot: Sequence[Address],
    attempts: int,
    sleep: Callable[[float], None],
) -> str:
    longest = float(_value("longest_wait"))
    for attempt in range(attempts):
        try:
            return _post(client, url, lot)
        except (_PassingError, httpx.TransportError) as error:
            if attempt == attempts - 1:
                raise DataError(
                    f"Le service de géocodage ne répond pas ({attempts} essai(s) : {error})."
                    " Rien n’a été changé.",
                    remedy="Recommencez plus tard ; d’ici là, la commune sert de position.",
                ) from error
            asked = error.wait if isinstance(error, _PassingError) else None
            sleep(min(longest, asked if asked is not None else 2.0**attempt))
    return ""


def _post(client: httpx.Client, url: str, lot: Sequence[Address]) -> str:
    data = {"columns": "adresse", "postcode": "postcode", "citycode": "citycode"}
    response = client.post(url, data=data, files={"data": ("lot.csv", _csv(lot), "text/csv")})
    if response.status_code in PASSING:
        told = response.headers.get("Retry-After", "")
        wait = float(told) if told.isdigit() else None
        raise _PassingError(f"réponse {response.status_code}", wait)
    if response.status_code != httpx.codes.OK:
        raise DataError(
            f"Le service de géocodage refuse la demande (réponse {response.status_code}).",
            remedy="Vérifiez PORTREA_BAN_URL ; le service a peut-être changé d’adresse.",
        )
    if len(response.content) > LONGEST_ANSWER:
        raise DataError("Le service de géocodage a répondu bien plus que ce qui était demandé.")
    return response.content.decode("utf-8-sig", "replace")


def _csv(lot: Sequence[Address]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for rank, address in enumerate(lot):
        line = " ".join(address.line.split())[:200]
        writer.writerow((rank, line, address.postcode or "", address.commune or ""))
    return stream.getvalue().encode()


def _answers(lot: Sequence[Address], text: str) -> list[Found]:
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=None)))
    except csv.Error:  # a cell without end
        rows = []
    if lot and (not rows or not {"id", "latitude", "longitude", "result_score"} <= set(rows[0])):
        raise DataError(
            "Le service de géocodage n’a pas répondu un tableau d’adresses.",
            remedy="Vérifiez PORTREA_BAN_URL.",
        )
    found = []
    for row in rows:
        rank = row.get("id") or ""
        if rank.isdigit() and int(rank) < len(lot):
            answer = _found(lot[int(rank)], row)
            found += [answer] if answer else []
    return found


def _found(address: Address, row: Mapping[str, str | None]) -> Found | None:
    try:
        latitude, longitude = float(row["latitude"] or ""), float(row["longitude"] or "")
        score = float(row["result_score"] or "")
    except ValueError:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= score <= 1.5):
        return None
    kind, commune = row.get("result_type") or "municipality", row.get("result_citycode") or None
    why = _doubt(address, score, kind, commune, row.get("result_postcode"))
    label = (row.get("result_label") or "")[:200]
    return Found(
        address.id, latitude, longitude, min(score, 1.0), kind, label, commune, not why, why
    )


def _doubt(
    address: Address, score: float, kind: str, commune: str | None, postcode: str | None
) -> str:
    """Return in French what is doubtful in an answer, nothing when it can be believed."""
    enough = parameters()["enough"].get(kind, {"value": 1.0})["value"]
    if score < enough:
        return f"score de {score:.2f}, sous {enough:.2f}"
    if address.commune and commune and address.commune != commune:
        return f"trouvée dans la commune {commune}, et non {address.commune}"
    if address.postcode and postcode and address.postcode[:2] != postcode[:2]:
        return f"trouvée au code postal {postcode}, et non {address.postcode}"
    return ""
