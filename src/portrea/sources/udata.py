"""Talk to data.gouv.fr (udata, API version 1): datasets of one organisation and their files.

Routes and fields were read in the public code of ``opendatateam/udata`` in November 2026. The key
goes in one header and nowhere else: neither in a message, nor in a file, nor in a log.

A question asked again by mistake must duplicate nothing: what reads or replaces is tried again when
the network or the server fails; what creates is tried again only when it surely did not happen.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import httpx

from portrea.base.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

Told = dict[str, Any]
"""What the server tells of one thing."""
PAGE_SIZE = 100
ATTEMPTS = 4
LONGEST_WAIT = 60.0
TIMEOUT = httpx.Timeout(120.0, connect=15.0)
BUSY = 429
PASSING = frozenset({BUSY, 500, 502, 503, 504})
LONGEST_TOLD = 300
LOCAL = ("127.0.0.1", "localhost", "::1")
_WHY = {
    401: ("la clé n’est pas acceptée", "Vérifiez PORTREA_DATAGOUV_KEY (compte, « Clé d’API »)."),
    403: ("la clé n’a pas ce droit", "Le compte doit être éditeur de l’organisation choisie."),
    404: ("l’adresse demandée n’existe pas", "Vérifiez PORTREA_DATAGOUV_ORGANIZATION."),
    410: ("le jeu de données a été supprimé", "Rétablissez-le sur data.gouv.fr, ou effacez-le."),
    413: ("le fichier est trop gros", "Publiez ce jeu sans cette forme (--form)."),
}


class Udata:
    """The datasets of one organisation.

    Parameters
    ----------
    url
        Beginning of the API: ``https://www.data.gouv.fr/api/1``.
    key
        API key of an editor of the organisation.

    Raises
    ------
    ParameterError
        When the address is not https, or a value is missing.
    """

    def __init__(
        self,
        url: str,
        key: str,
        organization: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
            raise ParameterError(
                f"PORTREA_DATAGOUV_URL n’est pas une adresse https:// : « {url} ».",
                remedy="La clé n’est envoyée qu’à un serveur dont le certificat est vérifié.",
            )
        for name, value in (("KEY", key), ("ORGANIZATION", organization)):
            if not value:
                raise ParameterError(
                    f"La variable PORTREA_DATAGOUV_{name} est vide.",
                    remedy="Donnez-la avant de publier ; elle n’est jamais écrite ni montrée.",
                )
        self.url, self.organization, self._sleep = url.rstrip("/"), organization, sleep
        headers = {"X-API-KEY": key, "Accept": "application/json"}
        self._client = httpx.Client(timeout=TIMEOUT, headers=headers, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def __repr__(self) -> str:
        return f"Udata({self.url!r}, organization={self.organization!r})"

    def datasets(self) -> Iterator[Told]:
        """Yield every dataset of the organisation, private ones included."""
        page = 1
        while True:
            told = self._ask(
                "GET", f"/organizations/{self.organization}/datasets/",
                params={"page": page, "page_size": PAGE_SIZE},
            )  # fmt: skip
            yield from told["data"]
            if not told.get("next_page"):
                return
            page += 1

    def create(self, body: Mapping[str, Any]) -> Told:
        """Create a dataset."""
        return self._ask("POST", "/datasets/", json=dict(body))

    def update(self, dataset: str, body: Mapping[str, Any]) -> Told:
        """Change the description of a dataset; its files stay."""
        return self._ask("PUT", f"/datasets/{dataset}/", json=dict(body))

    def add_file(self, dataset: str, path: Path, media: str) -> Told:
        """Put a new file in a dataset; return its resource, to be described."""
        return self._send(f"/datasets/{dataset}/upload/", path, media, again=False)

    def replace_file(self, dataset: str, resource: str, path: Path, media: str) -> Told:
        """Put another file in the place of one."""
        address = f"/datasets/{dataset}/resources/{resource}/upload/"
        return self._send(address, path, media, again=True)

    def describe_file(self, dataset: str, resource: str, body: Mapping[str, Any]) -> Told:
        """Change the description of a file."""
        return self._ask("PUT", f"/datasets/{dataset}/resources/{resource}/", json=dict(body))

    # -- asking -----------------------------------------------------------------------------------

    def _send(self, address: str, path: Path, media: str, *, again: bool) -> Told:
        files = {"file": (path.name, path.read_bytes(), media)}
        return self._ask("POST", address, again=again, files=files)

    def _ask(self, method: str, address: str, *, again: bool | None = None, **more: Any) -> Told:
        """Ask, again after a failure that passes; ``again``: what may be done twice."""
        safe = method != "POST" if again is None else again
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._client.request(method, self.url + address, **more)
            except httpx.TransportError as error:
                sure = safe or isinstance(error, httpx.ConnectError)
                if attempt == ATTEMPTS or not sure:
                    raise _unreachable(error) from None
                self._sleep(2.0**attempt)
                continue
            passing = PASSING if safe else {BUSY}
            if attempt == ATTEMPTS or response.status_code not in passing:
                return _content(response)
            self._sleep(_wait(response, attempt))


def _wait(response: httpx.Response, attempt: int) -> float:
    told = response.headers.get("Retry-After", "")
    return min(LONGEST_WAIT, float(told) if told.isdecimal() else 2.0**attempt)


def _content(response: httpx.Response) -> Told:
    if not response.is_success:
        raise _refused(response)
    try:
        found: Told = response.json()
    except ValueError:
        raise DataError(
            "data.gouv.fr a répondu autre chose que du JSON.",
            remedy="Vérifiez PORTREA_DATAGOUV_URL.",
        ) from None
    return found


def _refused(response: httpx.Response) -> DataError:
    code = response.status_code
    why, remedy = _WHY.get(
        code, ("il ne dit pas pourquoi", "Relancez plus tard : rien ne sera fait en double.")
    )
    if code == httpx.codes.BAD_REQUEST:
        why, remedy = _told(response), "Corrigez ce qui est refusé, puis relancez."
    return DataError(f"data.gouv.fr refuse la demande (réponse {code}) : {why}.", remedy=remedy)


def _told(response: httpx.Response) -> str:
    """Return what the server says of a request it does not take."""
    try:
        content = response.json()
    except ValueError:
        return "il ne dit pas pourquoi"
    errors = content.get("errors") if isinstance(content, dict) else None
    said = " ; ".join(f"{name} : {what}" for name, what in (errors or {}).items())
    message = str(content.get("message", "")) if isinstance(content, dict) else ""
    return (said or message or "il ne dit pas pourquoi")[:LONGEST_TOLD]


def _unreachable(error: httpx.TransportError) -> DataError:
    return DataError(
        f"data.gouv.fr ne répond pas ({type(error).__name__}).",
        remedy="Relancez plus tard : ce qui est déjà fait ne sera pas refait.",
    )
