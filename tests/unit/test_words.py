"""The page's words: every one can be translated, every one is, and the translations fit."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
import threading
from collections.abc import Iterator
from contextvars import copy_context
from datetime import date
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from index.pace import Pace, left_in_words, pace_in_words
from pincite import words
from pincite.ui.answer_view import _SINCE, _standing
from pincite.ui.evaluation_view import _STAGES, _VERDICTS
from pincite.ui.markup import date_words
from pincite.ui.pace_words import left_words, pace_words
from pincite.ui.script_words import script_words
from pincite.ui.settings_fields import GROUPS, LABELS
from pincite.ui.settings_view import _ABOUT, _CHOICES
from pincite.ui.stage_words import stage_words
from pincite.ui.theme import head
from rag.models import Citation, Disagreement, StageStarted
from rag.removed import LEFT_OUT
from rag.render import since, standing
from rag.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pincite" / "ui"
LANGUAGES = ("de", "fr", "ko")


def gathered() -> Catalog:
    """The sentences of the source, as `make words` finds them."""
    spec = importlib.util.spec_from_file_location("gather", ROOT / "scripts" / "words.py")
    gather = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gather)
    return gather.template()


def catalogue(language: str) -> Catalog:
    with (words.FOLDER / language / "LC_MESSAGES" / "pincite.po").open("rb") as file:
        return read_po(file, locale=language)


def keys(found: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in found if message.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_no_other(language: str) -> None:
    found = catalogue(language)
    assert keys(found) == keys(gathered())
    assert not [message.id for message in found if message.fuzzy]
    empty = [message.id for message in found if message.id and not all(forms(message.string))]
    assert empty == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_places_of_their_sentence_and_no_markup(language: str) -> None:
    wrong = [message.id for message in catalogue(language) if message.id and not fits(message)]
    assert wrong == []


def fits(message: Message) -> bool:
    """A form for one may leave its number out, as "this document" does in English."""
    allowed = set().union(*map(places, forms(message.id)))
    needed = places(forms(message.id)[-1])
    said = forms(message.string)
    return (
        all(places(form) <= allowed for form in said)
        and places(said[-1]) == needed
        and all(needed - {"count"} <= places(form) for form in said)
        and not any(set('<>&"') & set(form) for form in (*forms(message.id), *said))
    )


def test_as_many_forms_as_the_language_has() -> None:
    for language in LANGUAGES:
        found = catalogue(language)
        for message in found:
            if isinstance(message.id, tuple):
                assert len(message.string) == found.num_plurals, message.id


def test_the_setting_offers_the_languages_that_there_are() -> None:
    known = get_args(get_type_hints(Settings)["page_language"])
    assert known == (words.ENGLISH, *LANGUAGES)
    assert {path.name for path in words.FOLDER.iterdir()} == set(LANGUAGES)
    assert set(_CHOICES["page_language"]) == set(known)


# The functions that look a sentence up, or hold it for that.
_LOOKS_UP = {"t", "mark", "plural", "mark_plural", "t_as"}
_SPOKEN_ATTRIBUTE = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"]*)"')
_SPOKEN_OPTIONS = {"label", "placeholder", "info"}
_WORD = re.compile(r"[A-Za-z]{2,}")
_HOLE, _TAG = "\0", "\1"


def written(node: ast.AST) -> Iterator[str]:
    """The texts in a module that are not looked up, docstrings left out; holes for what varies."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _LOOKS_UP:
        for keyword in node.keywords:
            yield from written(keyword.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(getattr(one, "value", "") if is_text(one) else _HOLE for one in node.values)
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                yield from written(one.value)
    elif is_text(node):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.Expr) and is_text(child.value)):
                yield from written(child)


def labels(tree: ast.AST) -> Iterator[str]:
    """What components of Gradio are given to show, where that is not looked up."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("gr."):
            continue
        options = (one.value for one in node.keywords if one.arg in _SPOKEN_OPTIONS)
        yield from (one.value for one in (*node.args[:1], *options) if is_text(one))


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def said_in(tree: ast.AST) -> list[str]:
    """All that a reader would see or hear of a module without its being looked up."""
    return [
        *filter(None, labels(tree)),
        *(one for text in written(tree) for one in spoken_in(text)),
    ]


def spoken_in(text: str) -> list[str]:
    """What of a text a reader would see or hear, if it is markup or a sentence."""
    found = [said for said in _SPOKEN_ATTRIBUTE.findall(text) if _WORD.search(said)]
    if "<" in text:
        without_code = re.sub(r"<code>.*?</code>", "", text)
        tags_gone = re.sub(r"<[^>]*(>|$)", _TAG, without_code)
        return found + [one for one in re.split("[\0\1]", tags_gone) if _WORD.search(one)]
    return found + ([text] if re.search(r"\w \w.*[.?!]$", text) else [])


def test_nothing_is_said_past_the_catalogues() -> None:
    """Names and an example stay as they are; `page.py` speaks to the terminal."""
    for path in sorted(PAGE.glob("*.py")):
        if path.name == "page.py":
            continue
        said = set(said_in(ast.parse(path.read_text(encoding="utf-8"))))
        assert said <= {"Pincite", "What does North Korea want in return?"}, path.name


def test_the_check_above_sees_what_it_should() -> None:
    seen = ast.parse(
        "gr.Button('Stop')\n"
        "gr.Textbox(label='Box')\n"
        "f'<p>{one} passages</p>'\n"
        "x = '<b aria-label=\"Back\"></b>'\n"
        "x = f'{one} is not here.'\n"
        "x = t('Looked up.')\n"
    )
    said = said_in(seen)
    assert said == ["Stop", "Box", " passages", "Back", "\0 is not here."]


def test_scripts_name_only_words_that_the_page_gives_them() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PAGE / "behaviour").glob("*.js")]
    assert set(re.findall(r'\bsay\("(\w+)"', "\n".join(sources))) == set(script_words())
    # Every other text that a script shows comes from the document or from an error.
    shown = re.findall(r"(?:textContent|ariaLabel|title) = ([\"`][^;]*);", "\n".join(sources))
    assert [one for one in shown if re.search(r"[A-Za-z]{3,}(?![^{]*\})", one)] == [
        "`${link.textContent} – Pincite`"
    ]


def test_tables_of_the_page_hold_every_value_and_only_what_is_looked_up() -> None:
    from eval.models import EvaluationStage
    from eval.verdicts import Verdict

    sentences = {one for one, context in keys(gathered()) if context is None}
    settings = set(get_type_hints(Settings))
    assert set(_STAGES) == {"beginning", *get_args(EvaluationStage)}
    assert set(_VERDICTS) == set(get_args(Verdict))
    assert set(LABELS) == settings
    assert {*_STAGES.values(), *LABELS.values(), *_ABOUT.values(), *GROUPS} <= sentences
    assert {word for word, _ in _VERDICTS.values()} <= sentences


def test_what_the_page_says_itself_is_what_rag_and_index_say_in_english() -> None:
    older = cited("document-1", date(2023, 9, 4))
    newer = cited("document-2", date(2023, 9, 11))
    for first_day in (date(2023, 9, 11), None):
        entry = Disagreement(point="p", sides=(older, newer), superseded=(older,), since=first_day)
        for side in entry.sides:
            assert _standing(entry, side) == standing(entry, side, date_words)
    for state, said in _SINCE.items():
        assert said == since(older, {older: state})
    for seconds in (5.0, 61.0, 170.0, 9_000.0):
        pace = Pace(passages_per_second=45.2, seconds_left=seconds)
        assert left_words(seconds) == left_in_words(seconds)
        assert pace_words(3400, pace) == pace_in_words(3400, pace)
    assert pace_words(1, Pace()) == pace_in_words(1, Pace())
    assert LEFT_OUT in {one for one, _ in keys(gathered())}


def cited(document: str, day: date) -> Citation:
    return Citation(
        document_id=document,
        source=f"/{document}.txt",
        title="A title",
        outlet="The Harbour Ledger",
        published_at=day,
        page=None,
        start=0,
        end=4,
        quote="Text",
    )


def test_numbers_and_days_follow_the_language() -> None:
    day = date(2023, 3, 4)
    with words.speaking("de"):
        assert (words.number(1234.5, ",.2f"), words.day_words(day)) == ("1.234,50", "4. März 2023")
    with words.speaking("fr"):
        assert (words.number(0.5, ".2f"), words.day_words(day)) == ("0,50", "4 mars 2023")
    with words.speaking("ko"):
        assert (words.number(1234), words.short_day(day)) == ("1,234", "2023. 3. 4.")
    assert words.number(1234) == "1,234"


def test_a_count_takes_its_form() -> None:
    said = ("{count} file added", "{count} files added")
    for language, expected in {
        "de": ("0 Dateien hinzugefügt", "1 Datei hinzugefügt"),
        "fr": ("0 fichier ajouté", "1 fichier ajouté"),
        "ko": ("파일 0개 추가됨", "파일 1개 추가됨"),
    }.items():
        with words.speaking(language):
            assert tuple(words.plural(*said, count) for count in (0, 1)) == expected


def test_what_is_put_in_is_never_a_sentence_to_fill() -> None:
    with words.speaking("de"):
        assert words.t("Select {title}", title="{count} {0}") == "{count} {0} auswählen"


def test_the_stages_of_an_answer_are_said_in_the_language() -> None:
    reading = StageStarted(stage="reading", message="reading 8 passages")
    assert stage_words(StageStarted(stage="reading", message="reading")) == "reading"
    with words.speaking("fr"):
        assert stage_words(reading) == "lecture de 8 passages"


def test_threads_and_blocks_do_not_mix_languages() -> None:
    said: list[str] = []
    with words.speaking("de"):
        inherits = copy_context()
        with words.speaking("ko"):
            assert words.t("Ask") == "질문"
        for run in (words.t, lambda text: inherits.run(words.t, text)):
            thread = threading.Thread(target=lambda run=run: said.append(run("Ask")))
            thread.start()
            thread.join()
        assert words.t("Ask") == "Fragen"
    assert said == ["Ask", "Fragen"]
    assert words.t("Ask") == "Ask"


def test_the_browser_is_told_the_language_and_its_words() -> None:
    french = head("fr")
    assert '"language": "fr"' in french
    assert '"copied": "Copié"' in french
    assert '--said-kept: "Gardé avec la réponse";' in french
    assert '"selected": ["{count} document selected", "{count} documents selected"]' in head()
