"""What goes with the files of a version: dictionary, provenance, citation, each in its format."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.steering.catalogue import telling
from portrea.web.steering.catalogue import selectors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portrea.steering.catalogue.dcat import Site
    from portrea.steering.catalogue.editions import Edition

SPDX = {"lov2": "etalab-2.0", "odc-odbl": "ODbL-1.0"}


def _schema(_site: Site, edition: Edition) -> str:
    told = telling.table_schema(edition.variables, edition.card["key"])
    head = {"name": edition.slug, "title": edition.title, "version": edition.version}
    return json.dumps(head | told, ensure_ascii=False, indent=1)


def _dictionary(_site: Site, edition: Edition) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("colonne", "libelle", "type", "unite", "definition", "secret", "valeurs"))
    writer.writerows(
        (one.name, one.label, one.kind, one.unit, one.meaning, one.secrecy, "|".join(one.allowed))
        for one in edition.variables
    )
    return text.getvalue()


def _provenance(site: Site, edition: Edition) -> str:
    told = telling.provenance(edition, site.page(edition, edition.version))
    return json.dumps(told, ensure_ascii=False, indent=1)


def _bibtex(site: Site, edition: Edition) -> str:
    return telling.bibtex(slug=edition.slug, **selectors.citing(site, edition))


def _cff(site: Site, edition: Edition) -> str:
    told = selectors.citing(site, edition) | {"licence": SPDX[edition.licence.id]}
    return telling.cff(**told)


def _text(site: Site, edition: Edition) -> str:
    return selectors.citation(site, edition) + "\n"


@dataclass(frozen=True, slots=True)
class Beside:
    """A file that goes with the data: its name, what it is, its content type, what writes it."""

    name: str
    label: str
    kind: str
    write: Callable[[Site, Edition], str]


def beside() -> Mapping[str, Beside]:
    """Return what goes with the files of any version, by name."""
    told = (
        Beside("dictionnaire.csv", _("Dictionnaire, en tableau"), "text/csv; charset=utf-8",
               _dictionary),
        Beside("schema.json", _("Dictionnaire, en Table Schema"), "application/json", _schema),
        Beside("provenance.json", _("Provenance : fichiers lus, code, fichiers écrits"),
               "application/json", _provenance),
        Beside("citation.txt", _("Citation, en une phrase"), "text/plain; charset=utf-8", _text),
        Beside("citation.bib", _("Citation, en BibTeX"), "application/x-bibtex; charset=utf-8",
               _bibtex),
        Beside("citation.cff", _("Citation, en CFF"), "application/yaml; charset=utf-8", _cff),
    )  # fmt: skip
    return {one.name: one for one in told}
