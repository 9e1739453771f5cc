"""Sets that come as tables, as SQuAD files and as BEIR folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.datasets import load_dataset
from eval.models import CorpusRow, Query
from index.errors import DatasetError

HEAD = "id,question,answers,relevant,answerable\n"


def table(folder: Path, text: str, name: str = "mine.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def complaint(target: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        load_dataset(target)
    return str(caught.value)


def test_a_table_of_questions_is_read(tmp_path: Path) -> None:
    text = (
        "\ufeffid,question,answers,relevant,evidence,type,answerable,all_answers,differs,asked_on,by\r\n"
        'a,"Who spoke, when?",Mira Oll |mayor,wire,"He said ""no"".",who,,yes,no,2025-01-31,\r\n'
        "\r\n"
        'b,Which quays?,"[""East | West"", ""North""]",,,,TRUE,,,,\r\n'
        "c,What did it cost?,,,,,no,,,,\r\n"
    )
    dataset = load_dataset(table(tmp_path, text))

    assert dataset.name == "mine"
    assert dataset.corpus is None
    first, second, third = dataset.queries
    assert (first.id, first.question, first.type) == ("a", "Who spoke, when?", "who")
    assert first.answers == ("Mira Oll", "mayor")
    assert (first.relevant, first.evidence) == (("wire",), ('He said "no".',))
    assert (first.answerable, first.all_answers, first.differs) == (True, True, False)
    assert str(first.asked_on) == "2025-01-31"
    assert second.answers == ("East | West", "North")
    assert second == Query(id="b", question="Which quays?", answers=("East | West", "North"))
    assert third == Query(id="c", question="What did it cost?", answerable=False)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_read_off_the_head_and_ids_off_the_rows(
    separator: str, tmp_path: Path
) -> None:
    rows = [("Question", "Answers"), ("Who?", "Mira"), ("Where?\nIn which town?", "Oll")]
    text = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)

    queries = load_dataset(table(tmp_path, text, name="mine.txt")).queries

    assert [(one.id, one.question) for one in queries] == [
        ("2", "Who?"),
        ("3", "Where?\nIn which town?"),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,Who?,,,\n", "row 2, field 'answerable': is empty, and there is no answer"),
        ("a,Who?,Mira,,perhaps\n", "row 2, field 'answerable': is 'perhaps'"),
        ("a,Who?,Mira,,\nb,,Mira,,\n", "row 3, field 'question': is missing"),
        ("a,Who?,Mira,,,\nb,Who, then?,Mira,,true\n", "row 3, field 'answerable': 6 cells"),
        ('a,Who?,"[Mira]",,\n', "row 2, field 'answers': begins like a JSON list"),
        ('a,Who?,"[1]",,\n', "row 2, field 'answers': holds a number"),
        ('a,"Who? "Mira" said,,\n', "line 2: is not a row of a table"),
        ("a,Who?,Mira,,\na,Where?,Mira,,\n", "row 3, field 'id': 'a' is used twice"),
        ("", "holds no question"),
    ],
)
def test_what_a_table_lacks_is_said_with_row_and_field(
    rows: str, said: str, tmp_path: Path
) -> None:
    path = table(tmp_path, HEAD + rows)

    assert said in complaint(path)
    assert str(path) in complaint(path)


def test_a_table_without_questions_and_one_in_another_encoding_are_refused(tmp_path: Path) -> None:
    assert "field 'question': is missing" in complaint(table(tmp_path, "id,asked\na,Who?\n"))
    assert "not UTF-8" in complaint(table(tmp_path, HEAD + "a,Où?,là,,\n", encoding="latin-1"))


def test_documents_may_be_a_table_too(tmp_path: Path) -> None:
    questions = table(tmp_path, HEAD + "a,Who?,Mira,wire,\n")
    documents = table(tmp_path, f"id,title,text\nwire,Note,{'long ' * 50_000}\n", name="docs.csv")

    dataset = load_dataset(questions, corpus=documents)

    assert isinstance(dataset.corpus, tuple)
    assert [(row.id, row.title) for row in dataset.corpus] == [("wire", "Note")]


def test_drafts_are_counted_in_the_notes(tmp_path: Path) -> None:
    text = "question,answers,status\nWho?,Mira,draft\nWhere?,Oll,\n"

    assert load_dataset(table(tmp_path, text)).notes == (
        "Drafts that nobody has corrected yet, by their status: 1 questions.",
    )


def answer(text: str, start: int = 0) -> dict[str, object]:
    return {"text": text, "answer_start": start}


def squad(**changes: object) -> dict[str, Any]:
    """A file of two articles as SQuAD 2.0 writes it, the first question changed."""
    asked = {
        "id": "5a1",
        "question": "Who runs the quay?",
        "is_impossible": False,
        "answers": [answer("Mira Oll"), answer("Mira Oll"), answer("Oll", 5)],
    }
    impossible = {
        "id": "5a2",
        "question": "Who sold the quay?",
        "is_impossible": True,
        "answers": [],
        "plausible_answers": [answer("Mira Oll")],
    }
    paragraphs = [
        {"context": "Mira Oll runs the quay.", "qas": [asked | changes, impossible]},
        {"context": "It has two cranes.", "qas": []},
    ]
    other = {
        "context": "Ferries leave at six.",
        "qas": [{"id": "5b1", "question": "When?", "answers": [answer("at six")]}],
    }
    return {
        "version": "v2.0",
        "data": [
            {"title": "Quay_of_Sk%C3%A5len", "paragraphs": paragraphs},
            {"title": "Ferries", "paragraphs": [other]},
        ],
    }


def written(folder: Path, value: object, **options: Any) -> Path:
    path = folder / "dev-v2.0.json"
    path.write_text(json.dumps(value, **options), encoding="utf-8")
    return path


@pytest.mark.parametrize("indent", [None, 2])
def test_a_squad_file_is_read(indent: int | None, tmp_path: Path) -> None:
    dataset = load_dataset(written(tmp_path, squad(), indent=indent))

    assert dataset.name == "dev-v2.0"
    assert dataset.corpus == (
        CorpusRow(
            id="Quay_of_Sk%C3%A5len#1", title="Quay of Skålen", text="Mira Oll runs the quay."
        ),
        CorpusRow(id="Quay_of_Sk%C3%A5len#2", title="Quay of Skålen", text="It has two cranes."),
        CorpusRow(id="Ferries#1", title="Ferries", text="Ferries leave at six."),
    )
    assert dataset.queries == (
        Query(
            id="5a1",
            question="Who runs the quay?",
            answers=("Mira Oll", "Oll"),
            relevant=("Quay_of_Sk%C3%A5len#1",),
        ),
        Query(id="5a2", question="Who sold the quay?", answerable=False),
        Query(id="5b1", question="When?", answers=("at six",), relevant=("Ferries#1",)),
    )
    assert len(dataset.fingerprint) == len(dataset.corpus_fingerprint) == 64


def test_the_documents_of_a_squad_file_can_be_others(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("Something else.", encoding="utf-8")

    dataset = load_dataset(written(tmp_path, squad()), corpus=tmp_path / "mine")

    assert dataset.corpus == tmp_path / "mine"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"question": None}, "qas[0], field 'question': is missing"),
        ({"id": 7}, "qas[0], field 'id': is a number"),
        ({"id": "5a2"}, "qas[1], field 'id': '5a2' is used twice"),
        ({"answers": []}, "qas[0], field 'answers': is empty, and the question is not marked"),
        ({"answers": [{}]}, "qas[0].answers[0], field 'text': is missing"),
        ({"answers": ["Mira"]}, "qas[0], field 'answers': holds a string"),
        ({"is_impossible": "no"}, "qas[0], field 'is_impossible': is a string"),
    ],
)
def test_what_a_squad_file_lacks_is_said_with_its_place(
    changes: dict[str, object], said: str, tmp_path: Path
) -> None:
    found = complaint(written(tmp_path, squad(**changes)))

    assert f"dev-v2.0.json, data[0].paragraphs[0].{said}" in found


def test_an_article_without_paragraphs_is_named(tmp_path: Path) -> None:
    broken = squad()
    broken["data"][1]["paragraphs"] = {}

    assert "data[1], field 'paragraphs': is an object" in complaint(written(tmp_path, broken))


def beir(folder: Path, *, grades: str | None = None, split: str = "test") -> Path:
    documents = [
        {"_id": "d1", "title": "Quay", "text": "Mira Oll runs it.", "metadata": {}},
        {"_id": "d2", "title": "A title only", "text": ""},
        {"_id": "d3", "title": "", "text": " "},
        {"_id": "d4", "text": "No title."},
    ]
    queries = [
        {"_id": "q1", "text": "who runs the quay", "metadata": {}},
        {"_id": "q2", "text": "which has no text"},
        {"_id": "q3", "text": "of another split"},
    ]
    for name, rows in (("corpus", documents), ("queries", queries)):
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (folder / "qrels").mkdir()
    judged = grades or "q1\td1\t2\nq1\td2\t0\nq2\td2\t1\nq2\td4\t1\n"
    (folder / "qrels" / f"{split}.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}")
    return folder


@pytest.mark.parametrize("split", ["test", "dev"])
def test_a_beir_folder_is_searched_and_not_asked(split: str, tmp_path: Path) -> None:
    dataset = load_dataset(beir(tmp_path, split=split))

    assert isinstance(dataset.corpus, tuple)
    assert [(one.id, one.title, one.text) for one in dataset.corpus] == [
        ("d1", "Quay", "Mira Oll runs it."),
        ("d2", "A title only", "A title only"),
        ("d4", "", "No title."),
    ]
    assert dataset.queries == (
        Query(id="q1", question="who runs the quay", relevant=("d1",), answerable=None),
        Query(id="q2", question="which has no text", relevant=("d2", "d4"), answerable=None),
    )
    assert dataset.notes == (
        "Only searched for, the set having no answers: 2 questions.",
        "Left out, having neither title nor text: 1 documents.",
    )


@pytest.mark.parametrize(
    ("grades", "said"),
    [
        ("q1\td1\tgood\n", "test.tsv, row 2, field 'score': is 'good'"),
        ("q1\td1\t1\nq1\td2\n", "test.tsv, row 3, field 'score': is missing"),
        ("q1 d1 1\n", "test.tsv, row 2, field 'score': is missing"),
        ("q9\td1\t1\n", "grades the query 'q9', which queries.jsonl lacks"),
        ("q1\td1\t0\n", "holds no grade above 0"),
    ],
)
def test_what_grades_lack_is_said(grades: str, said: str, tmp_path: Path) -> None:
    assert said in complaint(beir(tmp_path, grades=grades))


def test_each_form_has_a_fingerprint_that_changes_with_what_is_judged(tmp_path: Path) -> None:
    folder = beir(tmp_path)
    before = load_dataset(folder)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\n")
    after = load_dataset(folder)

    assert before.fingerprint != after.fingerprint
    assert before.corpus_fingerprint == after.corpus_fingerprint != ""
