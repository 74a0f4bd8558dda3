"""Work done in a thread of its own, beside a request that does not wait for it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

from portrea.base.errors import PortreaError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

NAME = "portrea-beside"
"""Name of every such thread."""


def beside(work: Callable[[], object]) -> threading.Thread:
    """Do something in a thread; a database away is told in the journal: it is done another time."""
    thread = threading.Thread(target=_do, args=(work,), name=NAME, daemon=True)
    thread.start()
    return thread


def _do(work: Callable[[], object]) -> None:
    try:
        work()
    except (PortreaError, DatabaseError) as error:
        logger.warning("Beside: %s", error)
    finally:
        connection.close()
