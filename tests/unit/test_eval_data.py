"""The bundled question set must agree with the example articles, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATASET = ROOT / "eval" / "data" / "dataset.json"
MARKER = "Example article written for Pincite; the outlet is invented."
TYPES = {
    "fact",
    "who",
    "when",
    "number",
    "list",
    "attribution",
    "contradiction",
    "compound",
    "unanswerable",
}


def squash(text: str) -> str:
    """Collapse every run of white space to one space."""
    return " ".join(text.split())


def read_text(path: Path) -> str:
    """Extract the text of an article with as little machinery as its format allows."""
    if path.suffix == ".html":
        html = pytest.importorskip("lxml.html")
        parts = html.fromstring(path.read_bytes()).xpath("//article//text()")
        return squash(" ".join(parts))
    if path.suffix == ".pdf":
        pdfium = pytest.importorskip("pypdfium2")
        document = pdfium.PdfDocument(path)
        return squash(" ".join(page.get_textpage().get_text_bounded() for page in document))
    if path.suffix == ".docx":
        docx = pytest.importorskip("docx")
        return squash(" ".join(part.text for part in docx.Document(str(path)).paragraphs))
    return squash(path.read_text(encoding="utf-8"))


def load_rows() -> list[dict[str, Any]]:
    """Read every question file named by the data set."""
    names = json.loads(DATASET.read_text(encoding="utf-8"))["queries"]
    lines = [
        line
        for name in names
        for line in (DATASET.parent / name).read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines if line.strip()]


CORPUS = (DATASET.parent / json.loads(DATASET.read_text(encoding="utf-8"))["corpus"]).resolve()
ARTICLES = sorted(path for path in CORPUS.iterdir() if path.is_file())
ROWS = load_rows()
ANSWERABLE = [row for row in ROWS if row["answerable"]]


def test_every_article_is_marked_as_an_example() -> None:
    assert len(ARTICLES) >= 14
    assert [path.name for path in ARTICLES if read_text(path).count(MARKER) != 1] == []


def test_every_format_is_present() -> None:
    assert {path.suffix for path in ARTICLES} == {".txt", ".md", ".html", ".pdf", ".docx"}


def test_ids_and_questions_are_unique() -> None:
    assert len(ROWS) >= 40
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert len({row["question"].casefold() for row in ROWS}) == len(ROWS)


def test_a_quarter_of_the_questions_has_no_answer() -> None:
    assert 4 * (len(ROWS) - len(ANSWERABLE)) >= len(ROWS)


def test_every_type_is_used() -> None:
    assert {row["type"] for row in ROWS} == TYPES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_row_is_consistent(row: dict[str, Any]) -> None:
    assert (row["type"] == "unanswerable") is not row["answerable"]
    for key in ("answers", "relevant", "evidence"):
        assert bool(row[key]) is row["answerable"], key
        assert len(set(row[key])) == len(row[key]), key


@pytest.mark.parametrize("row", ANSWERABLE, ids=lambda row: str(row["id"]))
def test_gold_stands_in_the_articles(row: dict[str, Any]) -> None:
    texts = {name: read_text(CORPUS / name) for name in row["relevant"]}
    folded = {name: text.casefold() for name, text in texts.items()}
    for answer in row["answers"]:
        assert any(answer.casefold() in text for text in folded.values()), answer
    for sentence in row["evidence"]:
        assert any(sentence in text for text in texts.values()), sentence
    for name, text in folded.items():
        assert any(answer.casefold() in text for answer in row["answers"]), name
        assert any(sentence in texts[name] for sentence in row["evidence"]), name
