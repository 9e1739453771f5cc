from __future__ import annotations

import importlib.util
import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
from rich.console import Console

from index.errors import UsageError
from pincite.cli.answers import print_answer
from rag.models import Answer, Claim
from rag.render import (
    SCHEMA_VERSION,
    from_json,
    harmless,
    json_schema,
    printable,
    provenance,
    to_html,
    to_json,
    to_markdown,
)

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"


def _answers() -> ModuleType:
    specification = importlib.util.spec_from_file_location("golden_answers", GOLDEN / "answers.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


answers = _answers()
ANSWERED: Answer = answers.ANSWERED
REFUSED: Answer = answers.REFUSED
BOTH = pytest.mark.parametrize(
    ("name", "answer"), [("answered", ANSWERED), ("refused", REFUSED)], ids=["answered", "refused"]
)


class Elements(HTMLParser):
    """Collects the elements, their attributes and the text of a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def values(self, name: str) -> list[str | None]:
        return [value for key, value in self.attributes if key == name]


@BOTH
def test_markdown_is_the_reviewed_one(name: str, answer: Answer) -> None:
    assert to_markdown(answer) == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


@BOTH
def test_html_is_the_reviewed_one(name: str, answer: Answer) -> None:
    assert to_html(answer) == (GOLDEN / f"{name}.html").read_text(encoding="utf-8")


@BOTH
def test_the_terminal_shows_the_reviewed_text(name: str, answer: Answer) -> None:
    shown = io.StringIO()
    print_answer(Console(file=shown, width=80, markup=False, highlight=False), answer)
    assert shown.getvalue() == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@BOTH
def test_json_is_the_reviewed_one(name: str, answer: Answer) -> None:
    reviewed = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(to_json(answer))) == reviewed


@BOTH
def test_an_answer_survives_json(name: str, answer: Answer) -> None:
    restored = from_json(json.loads(json.dumps(to_json(answer))))
    assert restored == answer
    assert restored.text == answer.text


@BOTH
def test_json_agrees_with_its_schema(name: str, answer: Answer) -> None:
    validator = jsonschema.Draft202012Validator(
        json_schema(), format_checker=jsonschema.FormatChecker()
    )
    payload = json.loads(json.dumps(to_json(answer)))
    validator.validate(payload)
    for field in payload:
        incomplete = {key: value for key, value in payload.items() if key != field}
        assert not validator.is_valid(incomplete), field
    assert not validator.is_valid(payload | {"schema": "pincite.answer/2"})


def test_the_documented_schema_is_the_one_in_use() -> None:
    documented = (ROOT / "docs" / "answer.schema.json").read_text(encoding="utf-8")
    assert json.loads(documented) == json_schema()


def test_another_schema_version_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"'pincite\.answer/2'.*reads 'pincite\.answer/1'"):
        from_json(to_json(REFUSED) | {"schema": "pincite.answer/2"})


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (None, "must be a JSON object, this is NoneType"),
        ([], "must be a JSON object, this is list"),
        ({}, "has the schema None"),
        ({"schema": SCHEMA_VERSION}, "question: Field required"),
        (to_json(ANSWERED) | {"claims": [{"text": "x"}]}, r"claims\.0"),
        (to_json(ANSWERED) | {"sources": []}, "claim 1 cites something"),
    ],
    ids=["nothing", "list", "empty", "no question", "broken claim", "dangling citation"],
)
def test_malformed_data_is_refused_with_its_place(data: object, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        from_json(data)


def test_a_document_cannot_put_elements_into_html() -> None:
    hostile = replace(
        answers.UNDATED,
        document_id='"><img src=x onerror=alert(1)>',
        title="</article><iframe>",
        outlet="<style>",
        source='javascript:"onclick=',
        quote="</blockquote><script>alert(1)</script>",
    )
    claim = Claim(text="<script>", citations=(hostile,), verdict="quoted", speaker="<b>")
    elements = Elements(
        to_html(
            replace(
                ANSWERED,
                question=replace(ANSWERED.question, text="<script>"),
                claims=(claim,),
                sources=(hostile,),
                notices=("<script>",),
                unanswered=("<script>",),
            )
        )
    )
    assert set(elements.names) <= {
        "article", "p", "a", "small", "section", "h3", "ol", "ul", "li", "blockquote", "span",
    }  # fmt: skip
    assert {key for key, _ in elements.attributes} <= {
        "class", "id", "href", "aria-label", "data-document", "data-start", "data-end",
    }  # fmt: skip
    assert hostile.quote in elements.words
    assert hostile.document_id in elements.values("data-document")


def test_every_marker_in_html_leads_to_a_source() -> None:
    elements = Elements(to_html(ANSWERED, anchor="first-answer"))
    targets = {str(value).removeprefix("#") for value in elements.values("href")}
    assert targets == {"first-answer-1", "first-answer-2"}
    assert targets <= set(elements.values("id"))


def test_unknown_outlet_and_date_are_said() -> None:
    assert provenance(answers.UNDATED)[:2] == ("outlet unknown", "date unknown")
    assert "outlet unknown, date unknown" in to_markdown(REFUSED)
    assert "outlet unknown · date unknown" in to_html(REFUSED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[2J\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07body", "body"),
        ("\x1b]8;;http://127.0.0.1\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("before\x1b]never closed", "before]never closed"),
        ("covered\rover", "covered over"),
        ("bell\x07 back\x08 delete\x7f", "bell back delete"),
        ("one\x9b31mbyte", "one31mbyte"),
        ("price \u202e001\u202c and \u2066x\u2069", "price 001 and x"),
        ("Zürich – 東京 “quoted” 🚢", "Zürich – 東京 “quoted” 🚢"),
        ("  a\t\n b\u00a0c ", "a b c"),
        ("lone \ud800 surrogate", "lone surrogate"),
    ],
)
def test_text_cannot_command_a_terminal(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_harmless_text_keeps_its_lines() -> None:
    assert harmless("one\r\n\ttwo\x0c\x1b[5mthree") == "one\n\ttwo three"


def test_document_text_is_literal_in_markdown() -> None:
    claim = Claim(text="# <b>*x*</b> [1](http://127.0.0.1) `y` a_b", citations=(), verdict="quoted")
    markdown = to_markdown(replace(REFUSED, abstained_because=None, claims=(claim,), nearest=()))
    assert r"- \# \<b\>\*x\*\</b\> \[1\](http://127.0.0.1) \`y\` a\_b" in markdown
