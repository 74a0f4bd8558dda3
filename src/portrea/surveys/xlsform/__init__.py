"""XLSForm in and out: sheets of texts to a form, and back (files are read elsewhere)."""

from portrea.surveys.xlsform.reading import Read, Sheets, read_sheets
from portrea.surveys.xlsform.writing import write_sheets

__all__ = ["Read", "Sheets", "read_sheets", "write_sheets"]
