"""Static files: stamped names for caches, compressed once where readers on slow lines gain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whitenoise.storage import CompressedManifestStaticFilesStorage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PUBLIC = "design/"
STAMPED = re.compile(r"\.[0-9a-f]{12}\.")
LIBRARIES = "design/vendor/"


class SiteStorage(CompressedManifestStaticFilesStorage):
    """Compress what public pages load: the screens of administration are for a few, on good lines.

    Libraries are asked for by their stamped name only. Compressing everything triples the time of
    a first start.
    """

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress the files of the public pages."""
        yield from super().compress_files([path for path in paths if _asked_for(path)])


def _asked_for(path: str) -> bool:
    if path.startswith(LIBRARIES):
        return STAMPED.search(path) is not None
    return path.startswith(PUBLIC)
