"""Publish versions on data.gouv.fr: what would change, then doing it, without ever doubling.

Nothing is kept here of what was published: datasets and files bear their own marks over there
(``extras``), so that an interrupted publication goes on where it stopped. What others put beside is
left alone; nothing is ever deleted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.base.progress import silent
from portrea.steering.catalogue.dcat import FORMS, label_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from portrea.base.progress import Progress
    from portrea.sources.udata import Udata
    from portrea.steering.catalogue.dcat import Site
    from portrea.steering.catalogue.editions import Edition

CREATE, CHANGE, ADD, REPLACE = "créer", "modifier", "ajouter", "remplacer"
SLUG, SITE, CARD, FORM, MARK = (
    f"portrea:{name}" for name in ("slug", "site", "card", "form", "mark")
)
LONGEST_TITLE = 350


@dataclass(frozen=True, slots=True)
class Step:
    """One change: what, on which dataset, and on which of its files (none: the dataset itself)."""

    what: str
    slug: str
    form: str = ""

    @property
    def name(self) -> str:
        """Name of what changes."""
        return f"{self.slug}.{self.form}" if self.form else self.slug


def plan_of(here: Sequence[Mapping[str, Any]], there: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return what would change, in the order of doing it.

    Parameters
    ----------
    here, there
        Datasets: ``slug``, ``card`` (digest of the description), ``files`` (form → digest, ``None``
        when it is not known).
    """
    known = {one["slug"]: one for one in there}
    steps: list[Step] = []
    for one in here:
        slug, other = one["slug"], known.get(one["slug"])
        if other is None:
            steps.append(Step(CREATE, slug))
        elif other["card"] != one["card"]:
            steps.append(Step(CHANGE, slug))
        files = other["files"] if other else {}
        for form, digest in one["files"].items():
            if form not in files:
                steps.append(Step(ADD, slug, form))
            elif files[form] != digest:
                steps.append(Step(REPLACE, slug, form))
    return steps


class Publication:
    """The versions to publish, beside what the organisation has over there.

    Parameters
    ----------
    forms
        Forms to publish; all of them when none is told.
    private
        Whether new and changed datasets are seen by the organisation only.
    """

    def __init__(
        self,
        client: Udata,
        site: Site,
        newest: Sequence[Edition],
        *,
        forms: Sequence[str] = (),
        private: bool = False,
    ) -> None:
        self.client, self.site, self.private = client, site, private
        self.newest = {one.slug: one for one in newest}
        self.forms = tuple(forms)
        self._there: dict[str, dict[str, Any]] = {}

    def plan(self) -> list[Step]:
        """Return what would change; only reads over there."""
        self._there = {
            told["extras"][SLUG]: told
            for told in self.client.datasets()
            if (told.get("extras") or {}).get(SITE) == self.site.address and not told.get("deleted")
        }
        here = [self._here(one) for one in self.newest.values()]
        there = [_seen(slug, told) for slug, told in self._there.items()]
        return plan_of(here, there)

    def run(self, steps: Sequence[Step], progress: Progress = silent) -> None:
        """Do the steps of a plan; one that fails stops, and the next run goes on from there."""
        doing: dict[str, Callable[[Step], None]] = {
            CREATE: self._create, CHANGE: self._change, ADD: self._add, REPLACE: self._replace,
        }  # fmt: skip
        for rank, step in enumerate(steps):
            progress(rank / len(steps), f"{step.what} {step.name}")
            doing[step.what](step)
        progress(1.0, f"{len(steps)} changements")

    def pages(self) -> dict[str, str]:
        """Return the page over there of each dataset met, by slug."""
        return {slug: str(told.get("page") or "") for slug, told in self._there.items()}

    # -- steps ------------------------------------------------------------------------------------

    def _create(self, step: Step) -> None:
        self._there[step.slug] = self.client.create(self._body(self.newest[step.slug]))

    def _change(self, step: Step) -> None:
        told = self._there[step.slug]
        self.client.update(told["id"], self._body(self.newest[step.slug]))

    def _add(self, step: Step) -> None:
        edition, dataset = self.newest[step.slug], self._there[step.slug]["id"]
        media = FORMS[step.form].media
        found = self.client.add_file(dataset, edition.path(step.form), media)
        self._describe(edition, step.form, dataset, found)

    def _replace(self, step: Step) -> None:
        edition, told = self.newest[step.slug], self._there[step.slug]
        kept = _resources(step.slug, told)[step.form]
        media = FORMS[step.form].media
        found = self.client.replace_file(told["id"], kept["id"], edition.path(step.form), media)
        self._describe(edition, step.form, told["id"], kept | found)

    def _describe(
        self, edition: Edition, form: str, dataset: str, resource: Mapping[str, Any]
    ) -> None:
        described = dict(resource) | self._file_body(edition, form)
        self.client.describe_file(dataset, resource["id"], described)

    # -- what is told ------------------------------------------------------------------------------

    def _here(self, edition: Edition) -> dict[str, Any]:
        files = {form: self._mark(edition, form) for form in self._forms(edition)}
        return {"slug": edition.slug, "card": _digest(self._told(edition)), "files": files}

    def _forms(self, edition: Edition) -> list[str]:
        return [form for form in edition.files if not self.forms or form in self.forms]

    def _body(self, edition: Edition) -> dict[str, Any]:
        told = self._told(edition)
        extras = {SLUG: edition.slug, SITE: self.site.address, CARD: _digest(told)}
        return told | {"extras": extras}

    def _told(self, edition: Edition) -> dict[str, Any]:
        card, page = edition.card, self.site.page(edition)
        told: dict[str, Any] = {
            "title": edition.title[:LONGEST_TITLE],
            "description": (
                f"{card['description']}\n\n**Qualité.** {card['quality']}\n\n"
                f"Dictionnaire des colonnes, provenance, citation et versions : {page}"
            ),
            "organization": self.client.organization,
            "license": edition.licence.id,
            "frequency": card["frequency"],
            "tags": list(card["keywords"]),
            "private": self.private,
        }
        if edition.period:
            told["temporal_coverage"] = dict(zip(("start", "end"), edition.period, strict=True))
        return told

    def _file_told(self, edition: Edition, form: str) -> dict[str, Any]:
        card = edition.card
        told: dict[str, Any] = {
            "title": f"{edition.title} ({label_of(edition, form)})",
            "description": f"Version {edition.version}, {edition.rows} lignes.",
            "type": "main",
            "format": form.rpartition(".")[2],
            "mime": FORMS[form].media,
        }
        if card["standard"] and form == "csv":
            told["schema"] = {"name": card["standard"], "version": card["standard_version"]}
        return told

    def _file_body(self, edition: Edition, form: str) -> dict[str, Any]:
        extras = {FORM: form, MARK: self._mark(edition, form)}
        return self._file_told(edition, form) | {"extras": extras}

    def _mark(self, edition: Edition, form: str) -> str:
        told = self._file_told(edition, form) | {"sha256": edition.files[form].sha256}
        return _digest(told)


def _digest(told: Mapping[str, Any]) -> str:
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _seen(slug: str, told: Mapping[str, Any]) -> dict[str, Any]:
    files = {
        form: (one.get("extras") or {}).get(MARK) for form, one in _resources(slug, told).items()
    }
    return {"slug": slug, "card": told["extras"].get(CARD), "files": files}


def _resources(slug: str, told: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return our files by form; one sent and not yet described has its file name for a title."""
    found: dict[str, dict[str, Any]] = {}
    for one in told.get("resources") or ():
        form = (one.get("extras") or {}).get(FORM)
        title = str(one.get("title") or "")
        if form is None and title.startswith(f"{slug}."):
            form = title.removeprefix(f"{slug}.")
        if form in FORMS:
            found.setdefault(form, one)
    return found
