"""A référent writes a questionnaire who knows no XLSForm: pages, one after the other."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portrea.sources.xlsform import read_workbook, write_workbook
from portrea.surveys.form import Group, Kind, Question
from portrea.surveys.models import models
from portrea.surveys.xlsform import read_sheets, write_sheets
from portrea.web.accounts.models import Membership, User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.drafting.forms import QuestionForm, SectionForm
from portrea.web.surveys.models import Questionnaire
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish

if TYPE_CHECKING:
    from django.test import Client

    from portrea.surveys.form import Form

pytestmark = pytest.mark.django_db
HERE = "commune:35238"
FRENCH = "Français (fr)"
SHEETS = {
    "survey": [
        {"type": "integer", "name": "age", "label": "Votre âge",
         "constraint": ". >= 0 and . <= 120"},
        {"type": "select_one oui", "name": "aide", "label": "Êtes-vous aidé ?", "required": "yes"},
        {"type": "begin_group", "name": "g", "label": "L’aide"},
        {"type": "text", "name": "qui", "label": "Par qui ?", "relevant": "${aide} = 'oui'"},
        {"type": "end_group"},
        {"type": "text", "name": "mot", "label": "Un mot",
         "relevant": "${age} > 60 or count-selected(${aide}) > 1"},
    ],
    "choices": [
        {"list_name": "oui", "name": "oui", "label": "Oui"},
        {"list_name": "oui", "name": "non", "label": "Non"},
    ],
    "settings": [{"form_title": "Essai", "form_id": "essai", "default_language": FRENCH}],
}  # fmt: skip


@pytest.fixture
def keeper(client: Client) -> User:
    """A référent of the commune, connected."""
    user = User.objects.create_user("referente@exemple.org", "motdepasse-long-2026")
    Membership.objects.create(user=user, role="referent", level="commune", code="35238")
    client.force_login(user)
    return user


@pytest.fixture
def written(keeper: User) -> Questionnaire:
    """A small questionnaire of hers."""
    return questionnaire_create(actor=keeper, title="Essai", territory=HERE, sheets=SHEETS)


def to(name: str, row: Questionnaire, *more: str) -> str:
    return reverse(name, args=[row.key, *more])


def draft(row: Questionnaire) -> Form:
    row.refresh_from_db()
    return read_sheets(row.draft).form


def told(page: Any) -> dict[str, Any]:
    """What the form of a page would send, untouched."""
    return untouched(page.context["form"])


def untouched(form: Any) -> dict[str, Any]:
    return {
        name: value for name in form.fields if (value := form[name].value()) not in (None, False)
    }


# -- starting --------------------------------------------------------------------------------------


def test_who_is_not_connected_is_led_to_the_door(client: Client) -> None:
    assert client.get("/espace/questionnaires/").status_code == 302


def test_nobody_reads_the_questionnaires_of_others(client: Client, keeper: User) -> None:
    other = questionnaire_create(
        actor=SYSTEM, title="Ailleurs", territory="commune:76540", sheets=SHEETS
    )
    assert "Ailleurs" not in client.get("/espace/questionnaires/").text
    for name in ("questionnaire", "questionnaire-check", "questionnaire-print", "question-add"):
        assert client.get(to(name, other)).status_code == 403
    assert client.post(to("question-move", other), {"name": "age"}).status_code == 403
    assert keeper.is_authenticated


def test_the_language_of_the_first_column_stays_the_main_one(keeper: User) -> None:
    """No ``default_language`` in the file; the header of English, shorter, is read back first."""
    asked = {
        "type": "text",
        "name": "mot",
        f"label::{FRENCH}": "Un mot",
        "label::English (en)": "W",
    }
    made = questionnaire_create(
        actor=keeper, title="Deux langues", territory=HERE, sheets={"survey": [asked]}
    )
    assert draft(made).languages == (FRENCH, "English (en)")
    version = version_publish(actor=keeper, key=made.key)
    assert read_sheets(version.sheets).form.languages == (FRENCH, "English (en)")


def test_each_model_is_read_then_started_from(client: Client, keeper: User) -> None:
    page = client.get("/espace/questionnaires/modeles/")
    for name, model in models().items():
        assert f'href="/espace/questionnaires/modeles/{name}/"' in page.text
        assert f'href="/methode/{model.note.rpartition("/")[2].removesuffix(".md")}/"' in page.text
    shown = client.get("/espace/questionnaires/modeles/habitants/")
    assert "Que pouvez-vous utiliser chez vous ?" in shown.text
    sent = {"title": "Notre enquête", "territory": HERE}
    made = client.post("/espace/questionnaires/modeles/habitants/", sent, follow=True)
    row = Questionnaire.objects.get()
    assert (row.title, row.model, row.territory) == ("Notre enquête", "habitants", HERE)
    assert made.redirect_chain[-1][0] == to("questionnaire", row)
    assert "Que pouvez-vous utiliser chez vous ?" in made.text
    assert client.get("/espace/questionnaires/modeles/absent/").status_code == 404
    assert keeper.pk


def test_an_empty_one_a_copy_and_one_put_away(client: Client, written: Questionnaire) -> None:
    client.post("/espace/questionnaires/vide/", {"title": "Neuf", "territory": HERE})
    made = Questionnaire.objects.get(title="Neuf")
    assert [item.name for item in draft(made).every()] == ["accueil"]
    client.post(to("questionnaire-copy", written), {"title": "Copie", "territory": HERE})
    assert draft(Questionnaire.objects.get(title="Copie")) == draft(written)
    client.post(to("questionnaire-away", written))
    shown = client.get("/espace/questionnaires/").context["cards"]
    assert {card.row.title for card in shown} == {"Neuf", "Copie"}
    (away,) = client.get("/espace/questionnaires/?ranges=oui").context["cards"]
    assert away.row == written


# -- questions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", models())
def test_a_page_saved_untouched_changes_nothing(name: str) -> None:
    """Every question of every model: what the form cannot say is not lost by it."""
    form = models()[name].form
    for item in form.every():
        if isinstance(item, Question):
            page: Any = QuestionForm(form=form, question=item)
        else:
            page = SectionForm(form=form, group=item)
        sent = type(page)(untouched(page), form=form, **{_side(item): item})
        assert sent.is_valid(), (item.name, sent.errors)
        if isinstance(item, Question):
            again, same = sent.written(form, item)
            assert (again, same) == (form, item)
        else:
            assert sent.written(form, item) == item


def _side(item: Any) -> str:
    return "question" if isinstance(item, Question) else "group"


def _sheets(name: str) -> Any:
    return write_sheets(models()[name].form)


def test_a_question_is_written_in_everyday_words(client: Client, written: Questionnaire) -> None:
    sent = {
        "label": "Quels obstacles ?", "kind": "select_multiple",
        "choices": "La peur\nLe prix\nAucun",
        "unknown": "on", "other": "on", "required": "on", "most_choices": "2", "alone": "aucun",
        "message": "Deux au plus.", "join": "une", "q0": "aide", "o0": "est", "v0": "oui",
        "q1": "age", "o1": "au_moins", "v1": "60",
    }  # fmt: skip
    assert client.post(to("question-add", written) + "?apres=aide", sent).status_code == 302
    form = draft(written)
    names = [item.name for item in form.every()]
    assert names[:4] == ["age", "aide", "quels_obstacles", "quels_obstacles_precision"]
    made = form.item("quels_obstacles")
    assert isinstance(made, Question)
    assert made.relevant == "${aide} = 'oui' or ${age} >= 60"
    assert made.constraint == (
        "count-selected(.) <= 2 and (not(selected(., 'aucun')) or count-selected(.) = 1)"
    )
    assert made.constraint_message == {FRENCH: "Deux au plus."}
    assert [choice.name for choice in form.lists[made.choices]] == [
        "la_peur", "le_prix", "aucun", "je_ne_sais_pas_ou_je_ne_veux_pas", "autre",
    ]  # fmt: skip
    follow = form.item("quels_obstacles_precision")
    assert follow.relevant == "selected(${quels_obstacles}, 'autre')"


def test_another_kind_leaves_the_limits_of_the_first_behind(
    client: Client, written: Questionnaire
) -> None:
    """Fields that a script hides are sent all the same."""
    sent = told(client.get(to("question", written, "age")))
    client.post(to("question", written, "age"), sent | {"most": "110"})
    assert draft(written).item("age").constraint_message == {FRENCH: "Attendu : entre 0 et 110."}
    sent = told(client.get(to("question", written, "age")))
    client.post(to("question", written, "age"), sent | {"kind": "select_one", "choices": "a\nb"})
    made = draft(written).item("age")
    assert (made.constraint, made.constraint_message, made.kind) == ("", {}, Kind.ONE)


def test_what_is_not_right_is_said_and_nothing_is_lost(
    client: Client, written: Questionnaire
) -> None:
    sent = {
        "label": "Et alors ?",
        "kind": "select_one",
        "q0": "aide",
        "o0": "est",
        "v0": "peut-être",
    }
    page = client.post(to("question-add", written), sent)
    assert page.status_code == 400
    assert "au moins deux choix" in page.text
    page = client.post(to("question-add", written), sent | {"choices": "a\nb"})
    assert "Recopiez un des choix de cette question : « Oui », « Non »." in page.text
    assert "Et alors ?" in page.text
    cites = client.post(to("question-add", written), {"label": "Et ${x} ?", "kind": "text"})
    assert "« ${x} » ne désigne aucune question" in cites.text
    wrong = sent | {"kind": "text", "q0": "", "formula": "${absente} = 3"}
    page = client.post(to("question-add", written), wrong)
    assert page.status_code == 400
    assert "absente" in page.text
    assert len(list(draft(written).every())) == 5


def test_a_formula_is_kept_until_it_is_replaced(client: Client, written: Questionnaire) -> None:
    page = client.get(to("question", written, "mot"))
    assert "gardée telle quelle" in page.text
    sent = told(page) | {"label": "Un dernier mot"}
    client.post(to("question", written, "mot"), sent)
    kept = draft(written).item("mot")
    assert kept.relevant == "${age} > 60 or count-selected(${aide}) > 1"
    assert kept.label == {FRENCH: "Un dernier mot"}


def test_choices_shared_by_two_questions_change_for_one_or_both(
    client: Client, written: Questionnaire
) -> None:
    sent = {"label": "Aidez-vous quelqu’un ?", "kind": "select_one", "listed": "oui"}
    client.post(to("question-add", written), sent)
    page = client.get(to("question", written, "aide"))
    assert "Ces choix servent aussi à : « Aidez-vous quelqu’un ? »" in page.text.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    client.post(
        to("question", written, "aide"),
        told(page) | {"choices": "Oui\nParfois\nNon", "only_here": "on"},
    )
    form = draft(written)
    assert [one.name for one in form.lists["oui"]] == ["oui", "non"]
    assert [one.name for one in form.lists["aide"]] == ["oui", "parfois", "non"]


def test_a_section_that_is_repeated(client: Client, written: Questionnaire) -> None:
    sent = {"label": "Chaque service", "repeats": "on", "count": "2"}
    client.post(to("section-add", written), sent)
    section = draft(written).item("chaque_service")
    assert isinstance(section, Group)
    assert (section.repeats, section.count) == (True, "2")
    client.post(
        to("question-add", written) + "?apres=chaque_service", {"label": "Lequel ?", "kind": "text"}
    )
    assert [one.name for one in draft(written).item("chaque_service").items] == ["lequel"]
    assert client.get(to("section", written, "age")).status_code == 404


def test_moved_doubled_removed_undone(client: Client, written: Questionnaire) -> None:
    def names() -> list[str]:
        return [item.name for item in draft(written).every()]

    client.post(to("question-move", written), {"name": "aide", "way": "up"})
    assert names() == ["aide", "age", "g", "qui", "mot"]
    client.post(to("question-move", written), {"name": "mot", "target": "aide", "where": "before"})
    assert names() == ["mot", "aide", "age", "g", "qui"]
    client.post(to("question-copy", written), {"name": "qui"})
    assert names()[-1] == "qui_2"
    page = client.get(to("question-remove", written, "aide"))
    assert "Par qui ?" in page.text
    client.post(to("question-remove", written, "aide"))
    assert "aide" not in names()
    assert draft(written).item("qui").relevant == ""
    last = written.earlier.first()
    assert last is not None
    client.post(to("questionnaire-changes", written), {"change": last.pk})
    assert draft(written).item("qui").relevant == "${aide} = 'oui'"
    page = client.get(to("questionnaire-changes", written))
    assert "Retour avant : Supprimée : Êtes-vous aidé ?" in page.text
    for wrong in ("", "x", "9" * 30, "-1"):
        assert (
            client.post(to("questionnaire-changes", written), {"change": wrong}).status_code == 302
        )
    absent = client.post(to("question-move", written), {"name": "absent"}, follow=True)
    assert "n’est plus dans ce questionnaire" in absent.text


def test_two_writers_of_the_same_question_choose_and_lose_nothing(
    client: Client, written: Questionnaire
) -> None:
    mine = told(client.get(to("question", written, "age"))) | {"label": "Quel âge avez-vous ?"}
    theirs = told(client.get(to("question", written, "age"))) | {"label": "Votre âge en années"}
    client.post(
        to("question", written, "mot"),
        told(client.get(to("question", written, "mot"))) | {"label": "Fin"},
    )
    assert client.post(to("question", written, "age"), theirs).status_code == 302
    page = client.post(to("question", written, "age"), mine)
    assert page.status_code == 409
    assert "Votre âge en années" in page.text
    assert "Quel âge avez-vous ?" in page.text
    again = dict(page.context["again"])
    assert client.post(to("question", written, "age"), again).status_code == 302
    form = draft(written)
    assert form.item("age").label == {FRENCH: "Quel âge avez-vous ?"}
    assert form.item("mot").label == {FRENCH: "Fin"}


def test_a_question_removed_meanwhile_gives_its_text_back(
    client: Client, written: Questionnaire
) -> None:
    mine = told(client.get(to("question", written, "age"))) | {"label": "Mon texte"}
    client.post(to("question-remove", written, "age"))
    page = client.post(to("question", written, "age"), mine)
    assert page.status_code == 409
    assert "supprimé cette question pendant que vous l’écriviez" in page.text
    assert f'action="{to("question-add", written)}"' in page.text
    again = told(page)
    assert again["label"] == "Mon texte"
    assert client.post(to("question-add", written), again).status_code == 302
    assert [item.label[FRENCH] for item in draft(written).items][-1] == "Mon texte"
    assert client.get(to("question", written, "age")).status_code == 404


def test_a_section_removed_meanwhile_gives_its_text_back(
    client: Client, written: Questionnaire
) -> None:
    mine = told(client.get(to("section", written, "g"))) | {"label": "Ma partie"}
    client.post(to("question-remove", written, "g"))
    page = client.post(to("section", written, "g"), mine)
    assert page.status_code == 409
    assert "supprimé cette partie pendant que vous l’écriviez" in page.text
    assert client.post(to("section-add", written), told(page)).status_code == 302
    assert [item.label[FRENCH] for item in draft(written).items][-1] == "Ma partie"


# -- translations, trial, check, versions ----------------------------------------------------------


def test_translated_then_to_be_read_again(client: Client, written: Questionnaire) -> None:
    address = to("questionnaire-words", written) + "?language=English+(en)"
    assert "0 textes traduits sur 7" in client.get(address).text
    client.post(address, {"t.q/age/label": "Your age", "t.c/oui/oui": "Yes"})
    form = draft(written)
    assert form.languages == (FRENCH, "English (en)")
    assert form.lists["oui"][0].label["English (en)"] == "Yes"
    page = client.get(to("question", written, "age"))
    client.post(to("question", written, "age"), told(page) | {"label": "Quel âge ?"})
    page = client.get(address)
    assert "1 à relire" in page.text
    assert (
        '<textarea class="form-control" rows="2" id="t-1" name="t.q/age/label" lang="en"'
        in page.text
    )
    client.post(address, {"t.q/age/label": "Your age", "relue": "q/age/label"})
    assert client.get(address).context["again"] == 0
    version = version_publish(actor=SYSTEM, key=written.key)
    assert "<value>-</value>" not in version.xform
    assert client.get(to("questionnaire-words", written) + "?language=x|y").status_code == 200


def test_tried_and_nothing_kept(client: Client, written: Questionnaire) -> None:
    page = client.get(to("questionnaire-trial", written))
    assert "Par qui" not in page.text
    sent = {"q.age": "130", "q.aide": "oui"}
    page = client.post(to("questionnaire-trial", written), sent)
    assert "Par qui" in page.text
    assert "1 réponse à corriger" in page.text
    assert (
        "serait acceptée"
        in client.post(to("questionnaire-trial", written), sent | {"q.age": "13"}).text
    )


def test_a_row_is_added_while_trying(client: Client, keeper: User) -> None:
    row = questionnaire_create(
        actor=keeper, title="A", territory=HERE, sheets=dict(_sheets("administrations"))
    )
    page = client.get(to("questionnaire-trial", row))
    (path, count) = page.context["rows"][0]
    again = client.post(to("questionnaire-trial", row), {f"rangs.{path}": str(count), "plus": path})
    assert again.context["rows"][0] == (path, 2)
    assert (
        client.post(to("questionnaire-trial", row), {f"rangs.{path}": "99999"}).status_code == 200
    )


def test_read_over_published_compared(client: Client, written: Questionnaire) -> None:
    client.post(to("question-add", written), {"label": "Votre numéro de téléphone", "kind": "text"})
    page = client.get(to("questionnaire-check", written))
    assert "semble demander l’identité" in page.text
    assert page.context["checked"].questions == 5
    stale = client.post(to("questionnaire-publish", written), {"edits": "0"}, follow=True)
    assert "a changé depuis" in stale.text
    written.refresh_from_db()
    client.post(to("questionnaire-publish", written), {"edits": written.edits})
    first = written.versions.get()
    client.post(to("question-remove", written, "votre_numero_de_telephone"))
    page = client.get(to("questionnaire-check", written))
    assert "rien n’est effacé" in page.text
    written.refresh_from_db()
    client.post(to("questionnaire-publish", written), {"edits": written.edits})
    second = written.versions.first()
    assert second is not None
    assert second.number > first.number
    address = to("questionnaire-compare", written)
    page = client.get(f"{address}?avant={first.number}&apres={second.number}")
    assert "Votre numéro de téléphone" in page.text
    assert client.get(f"{address}?avant=1&apres=2").status_code == 404
    assert second.number in client.get(to("questionnaire-versions", written)).text


# -- files -----------------------------------------------------------------------------------------


def test_a_version_leaves_as_a_workbook_an_xform_and_json(
    client: Client, written: Questionnaire
) -> None:
    version = version_publish(actor=SYSTEM, key=written.key)
    address = to("questionnaire-file", written, "xlsx")
    for query in ("", f"?version={version.number}"):
        content = client.get(address + query).content
        assert read_sheets(read_workbook(content)).form.items == draft(written).items
    xml = client.get(to("questionnaire-file", written, "xml") + f"?version={version.number}")
    assert xml.text == version.xform
    assert client.get(to("questionnaire-file", written, "json")).json()["survey"]
    assert client.get(to("questionnaire-file", written, "doc")).status_code == 404
    assert client.get(address + "?version=nope").status_code == 404
    assert "Par qui ?" in client.get(to("questionnaire-print", written)).text


def sent_file(
    content: bytes, *lists: tuple[str, str], name: str = "ailleurs.xlsx"
) -> dict[str, Any]:
    files = [SimpleUploadedFile(one, text.encode(), "text/csv") for one, text in lists]
    workbook = SimpleUploadedFile(name, content, "application/octet-stream")
    return {"file": workbook, "territory": HERE, "title": "", "lists": files}


def test_a_form_of_kobo_with_its_list_in_a_file_is_imported(client: Client, keeper: User) -> None:
    """Spellings of KoboToolbox: « select_one_from_file », other headers, columns of its own."""
    sheets = {
        "survey": [
            {"type": "start", "name": "start"},
            {"type": "deviceid", "name": "deviceid"},
            {"type": "select_one_from_file communes.csv", "name": "commune",
             "label::Français (fr)": "Commune",
             "label::English (en)": "Town", "parameters": "value=code label=nom"},
            {"type": "select_one yn", "name": "ok", "label::Français (fr)": "D’accord ?",
             "label::English (en)": "OK?", "$kuid": "abc", "relevance": "${commune} != ''"},
        ],
        "choices": [{"list name": "yn", "name": "yes", "label::Français (fr)": "Oui",
                     "label::English (en)": "Yes"}],
        "settings": [{"form_title": "Kobo", "id_string": "kobo", "default_language": FRENCH,
                      "style": "theme-grid"}],
    }  # fmt: skip
    content = write_workbook(sheets)
    page = client.post("/espace/questionnaires/importer/", sent_file(content))
    assert page.status_code == 400
    assert "communes.csv" in page.text
    assert not Questionnaire.objects.exists()
    listed = ("communes.csv", "code,nom,epci\n35238,Rennes,e1\n35188,Montfort,e2\n")
    done = client.post("/espace/questionnaires/importer/", sent_file(content, listed), follow=True)
    row = Questionnaire.objects.get()
    form = draft(row)
    assert row.title == "Kobo"
    assert [one.name for one in form.lists["communes"]] == ["35238", "35188"]
    assert form.lists["communes"][0].columns["epci"] == "e1"
    assert form.item("ok").relevant == "${commune} != ''"
    assert "deviceid" in done.text
    assert "$kuid" in done.text
    assert "style" in done.text
    assert row.name == "kobo"
    assert keeper.pk


def test_a_refused_workbook_comes_back_with_what_to_mend(client: Client, keeper: User) -> None:
    survey = [*SHEETS["survey"][:2], {"type": "texte", "name": "a b", "label": "=1+1"}]
    wrong = write_workbook(SHEETS | {"survey": survey})
    page = client.post("/espace/questionnaires/importer/", sent_file(wrong))
    assert page.status_code == 400
    (fault,) = page.context["faults"]
    assert fault[:4] == ["survey", "4", "name", "a b"]
    assert "Un nom commence par une lettre" in fault[5]
    back = client.post(
        "/espace/questionnaires/importer/a-corriger/",
        {"feuilles": page.context["packed"], "xlsx": "1"},
    )
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(back.content))
    assert book.sheet_names == ["à corriger", "survey", "choices", "settings"]
    assert book.get_sheet_by_name("à corriger").to_python()[1][:4] == ["survey", "4", "name", "a b"]
    assert read_workbook(back.content)["survey"][2]["label"] == "=1+1"
    listed = client.post(
        "/espace/questionnaires/importer/a-corriger/",
        {"feuilles": page.context["packed"], "csv": "1"},
    )
    assert "survey;4;name;a b" in listed.text
    for hostile in ("", "x", "eJwDAAAAAAE="):
        done = client.post(
            "/espace/questionnaires/importer/a-corriger/", {"feuilles": hostile}, follow=True
        )
        assert "ne peut pas être lu" in done.text
    assert keeper.pk


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + b"\0" * 80, b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_refused_in_french(
    client: Client, keeper: User, content: bytes
) -> None:
    page = client.post("/espace/questionnaires/importer/", sent_file(content))
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert keeper.pk


@pytest.mark.shared
def test_a_form_made_elsewhere_is_imported_by_the_page(
    client: Client, keeper: User, shared_reference
) -> None:
    content = (shared_reference / "standards/xlsform/exemple-grille-observation.xlsx").read_bytes()
    done = client.post("/espace/questionnaires/importer/", sent_file(content), follow=True)
    row = Questionnaire.objects.get()
    assert row.name == "portrea_grille"
    assert "deviceid" in done.text
    client.post(to("questionnaire-publish", row), {"edits": row.edits})
    assert row.versions.count() == 1
    assert keeper.pk


# -- the question « where » ------------------------------------------------------------------------


def test_the_places_of_the_territory_are_asked_from_wide_to_narrow(site: Client) -> None:
    user = User.objects.create_superuser("admin@exemple.org", "motdepasse-long-2026")
    site.force_login(user)
    row = questionnaire_create(actor=SYSTEM, title="T", territory="departement:35", sheets=SHEETS)
    page = site.get(to("question-places", row))
    assert [level for level, _label, _count in page.context["levels"]] == ["epci", "commune"]
    site.post(to("question-places", row), {"level": ["epci", "commune"]})
    form = draft(row)
    commune = form.item("commune")
    assert isinstance(commune, Question)
    assert (commune.choice_filter, commune.relevant) == ("epci=${epci}", "${epci} != ''")
    listed = {one.name: one for one in form.lists[commune.choices]}
    assert listed["35188"].columns == {"epci": "243500550"}
    assert "epci= /data/epci" in version_publish(actor=SYSTEM, key=row.key).xform
    assert site.post(to("question-places", row), {}).status_code == 400
