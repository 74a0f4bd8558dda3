"""Open any list of places: a file → columns and rows of text, line numbers kept, within limits.

Understanding what the columns mean is the job of :mod:`portrea.offer.importing`, which opens no
file: it receives the :class:`~portrea.sources.lists.table.ListFile` built here.
"""

from portrea.sources.lists.limits import Limits, load_limits
from portrea.sources.lists.opening import read_list, read_lists
from portrea.sources.lists.table import ListFile

__all__ = ["Limits", "ListFile", "load_limits", "read_list", "read_lists"]
