"""Results to download: tables with their codebook and method (XLSX, ODS, CSV), DDI codebook."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.sources.workbooks import Sheet, write_csv, write_ods, write_xlsx
from portrea.surveys.ddi import Study, codebook_xml
from portrea.surveys.exporting import codebook
from portrea.web.accounts.permissions import act, may
from portrea.web.surveys.results.reading import blocks_of, composed, edition, read
from portrea.web.surveys.results.selectors import published_found
from portrea.web.surveys.rounds.selectors import survey_found
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from portrea.surveys.form import Form
    from portrea.surveys.showing import Shown
    from portrea.web.surveys.models import Survey

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
    "xml": "application/xml",
}
COLUMNS = (
    "question", "titre", "choix", "nombre", "part", "borne_basse", "borne_haute", "dit",
)  # fmt: skip


@never_cache
@require_safe
@act("survey.results")
def team_file(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Send the results of the report: small counts are there for those who may read answers."""
    survey = survey_found(request, key, "survey.results")
    found = read(survey)
    content = edition(found)
    if may(request, "survey.read", survey.territory):
        content["blocks"] = [asdict(one) for one in composed(found, public=False)]
    return _sent(survey, content, found.form, found.forms, kind)


@require_safe
def public_file(_request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Send what was published, as it was."""
    survey, made = published_found(key)
    form = form_of(survey.version_id)
    return _sent(survey, made.content, form, (form,), kind)


def _sent(
    survey: Survey, content: dict[str, Any], form: Form, forms: Sequence[Form], kind: str
) -> HttpResponse:
    if kind not in KINDS:
        raise Http404(kind)
    name = f"portrea-enquete-{survey.key}-resultats.{kind}"
    return HttpResponse(
        _written(survey, content, form, forms, kind),
        content_type=KINDS[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _written(
    survey: Survey, content: dict[str, Any], form: Form, forms: Sequence[Form], kind: str
) -> bytes:
    shown = blocks_of(content)
    if kind == "xml":
        return codebook_xml(_study(survey, content), form, shown)
    tables = _tables(content, shown)
    if kind == "csv":
        return write_csv(tables[0])
    book = codebook(forms)
    sheets = [*tables, Sheet(book.name, book.columns, book.rows)]
    return write_xlsx(sheets) if kind == "xlsx" else write_ods(sheets)


def _tables(content: dict[str, Any], shown: Sequence[Shown]) -> list[Sheet]:
    bars = [
        (one.name, one.title, bar.label, bar.answers, _rounded(bar.share), _rounded(bar.low),
         _rounded(bar.high), bar.words)
        for one in shown
        for bar in one.bars
    ]  # fmt: skip
    crossings = [
        (one.name, one.title, crossing.label, group, row[0], cell)
        for one in shown
        if (crossing := one.crossing) is not None
        for row in crossing.rows
        for group, cell in zip(crossing.groups, row[1:], strict=True)
    ]
    facts = [(one.name, one.title, name, value) for one in shown for name, value in one.facts]
    method = [*content["method"], ["Comment citer", content["cite"]]]
    if content["synthetic"]:
        method.insert(0, ["Attention", "Jeu synthétique : personne n’a donné ces réponses."])
    crossed = ("question", "titre", "croisee_avec", "groupe", "choix", "dit")
    return [
        Sheet("resultats", COLUMNS, tuple(bars)),
        Sheet("croisements", crossed, tuple(crossings)),
        Sheet("nombres", ("question", "titre", "mesure", "valeur"), tuple(facts)),
        Sheet("methode", ("quoi", "mots"), tuple((row[0], row[1]) for row in method)),
    ]


def _study(survey: Survey, content: dict[str, Any]) -> Study:
    told = "Jeu synthétique : personne n’a donné ces réponses. " if content["synthetic"] else ""
    return Study(
        title=content["title"],
        key=f"portrea-{survey.key}",
        where=content["where"],
        answers=content["answers"],
        method=content["method"],
        cite=content["cite"],
        weighted=bool(survey.margins),
        universe=f"{told}{content['where']} ; {content['answers']} réponses ({survey.design}).",
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
