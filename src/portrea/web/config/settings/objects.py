"""Where files that people send are kept: a bucket named by address, else ``PORTREA_HOME``."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from portrea.base.errors import ParameterError

KNOWN = {"endpoint", "region", "style"}


def objects(url: str) -> dict[str, Any]:
    """Return the options of the bucket named by ``url``, nothing for the disk.

    Parameters
    ----------
    url
        ``s3://key:secret@bucket/folder?endpoint=https://machine&region=name&style=path``; without a
        key, those of the machine are used, as the tools of S3 find them.

    Raises
    ------
    ParameterError
        The address is of another form.
    """
    parts = urlsplit(url)
    if not url:
        return {}
    told = dict(parse_qsl(parts.query))
    bucket = parts.netloc.rpartition("@")[2]
    if parts.scheme != "s3" or not bucket or told.keys() - KNOWN:
        raise ParameterError(
            f"PORTREA_OBJECTS_URL n’est pas comprise : « {parts.scheme or '?'}://… » reçu.",
            remedy="Forme attendue : s3://clé:secret@seau/dossier?endpoint=https://machine"
            "&region=nom (et « &style=path » si le fournisseur le demande).",
        )
    return {
        "bucket_name": bucket,
        "location": unquote(parts.path.strip("/")),
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
        "endpoint_url": told.get("endpoint"),
        "region_name": told.get("region"),
        "addressing_style": told.get("style"),
    }
