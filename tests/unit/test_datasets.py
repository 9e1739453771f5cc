"""Reading a data set: the common format, its rules, and complaints that name the place."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from eval.corpus import file_name, names_in, row_file
from eval.datasets import load_dataset
from eval.models import CorpusRow, Dataset
from eval.withhold import GoldIndex, can_be_withheld
from index.clean import clean
from index.errors import DatasetError
from index.load import load
from index.models import Passage

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("PINCITE_DATA") or ROOT.parent / "shared" / "data")

DOCUMENT = {"id": "wire", "title": "Shells", "text": "Food and oil.", "source": "Wire"}
QUESTION = {
    "id": "q1",
    "question": "What does it want?",
    "answers": ["food"],
    "relevant": ["wire"],
    "evidence": ["Food and oil."],
    "type": "fact",
    "answerable": True,
}


def write_rows(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def make_folder(folder: Path, *questions: object, documents: tuple[object, ...] = (DOCUMENT,)):
    write_rows(folder / "corpus.jsonl", *documents)
    write_rows(folder / "queries.jsonl", *(questions or (QUESTION,)))
    return folder


def complaint(folder: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"), [("question", "Who\ud800?"), ("answers", ["food", "\udfff"])]
)
def test_half_a_character_is_refused_before_anything_is_asked(
    field: str, value: object, tmp_path: Path
) -> None:
    said = complaint(make_folder(tmp_path, QUESTION | {field: value}))

    assert f"row 1, field {field!r}: holds half a character" in said


def test_a_folder_in_the_common_format_is_read(tmp_path: Path) -> None:
    dataset = load_dataset(make_folder(tmp_path, QUESTION | {"asked_on": "2025-11-30"}))

    assert dataset.name == tmp_path.name
    assert isinstance(dataset.corpus, tuple)
    assert dataset.corpus[0].title == "Shells"
    (query,) = dataset.queries
    assert (query.answers, query.relevant) == (("food",), ("wire",))
    assert query.asked_on == date(2025, 11, 30)
    assert dataset.notes == ()


def test_a_file_of_questions_needs_no_corpus(tmp_path: Path) -> None:
    dataset = load_dataset(write_rows(tmp_path / "mine.jsonl", QUESTION))

    assert dataset.name == "mine"
    assert dataset.corpus is None
    assert len(dataset.queries) == 1


def test_only_id_question_and_answerable_must_be_there(tmp_path: Path) -> None:
    row = {"id": "q", "question": "Who?", "answerable": False}

    (query,) = load_dataset(write_rows(tmp_path / "q.jsonl", row)).queries

    assert (query.answers, query.relevant, query.answerable) == ((), (), False)


def test_a_description_names_the_corpus_and_the_files(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", QUESTION)
    write_rows(tmp_path / "b.jsonl", QUESTION | {"id": "q2"})
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "one.txt").write_text("Food.", encoding="utf-8")
    described = {"name": "mine", "corpus": "articles", "queries": ["a.jsonl", "b.jsonl"]}
    (tmp_path / "dataset.json").write_text(json.dumps(described), encoding="utf-8")

    dataset = load_dataset(tmp_path)

    assert dataset.name == "mine"
    assert dataset.corpus == (tmp_path / "articles").resolve()
    assert [query.id for query in dataset.queries] == ["q1", "q2"]


def test_a_corpus_given_takes_the_place_of_the_folders_own(tmp_path: Path) -> None:
    other = write_rows(tmp_path / "other.jsonl", DOCUMENT | {"id": "other"})

    dataset = load_dataset(make_folder(tmp_path), corpus=other)

    assert isinstance(dataset.corpus, tuple)
    assert [row.id for row in dataset.corpus] == ["other"]


def test_unanswerable_rows_are_left_out_beside_a_file_of_unanswerable_questions(
    tmp_path: Path,
) -> None:
    unsure = QUESTION | {"id": "q2", "answerable": False}
    folder = make_folder(tmp_path, QUESTION, unsure)
    assert len(load_dataset(folder).queries) == 2

    write_rows(folder / "queries_unanswerable.jsonl", unsure | {"id": "u1"})
    dataset = load_dataset(folder)

    assert [query.id for query in dataset.queries] == ["q1", "u1"]
    assert len(dataset.notes) == 1
    assert dataset.notes[0].startswith("Left out")
    assert dataset.notes[0].endswith(": 1 questions.")


def test_an_answer_that_says_there_is_none_is_unanswerable_and_never_gold(tmp_path: Path) -> None:
    row = QUESTION | {"answers": ["Insufficient information."], "answerable": True}

    dataset = load_dataset(make_folder(tmp_path, row))

    (query,) = dataset.queries
    assert query.answerable is False
    assert query.answers == ()
    assert len(dataset.notes) == 1


@pytest.mark.parametrize("label", ["SUPPORT", "CONTRADICT", "NOT_ENOUGH_INFO"])
def test_a_verdict_on_a_claim_is_no_answer(tmp_path: Path, label: str) -> None:
    row = QUESTION | {"answers": [label], "answerable": label != "NOT_ENOUGH_INFO"}

    (query,) = load_dataset(make_folder(tmp_path, row)).queries

    assert query.answerable is None
    assert query.answers == query.evidence == ()
    assert query.relevant == ("wire",)


def test_the_fingerprint_changes_with_any_byte_and_with_nothing_else(tmp_path: Path) -> None:
    first = load_dataset(make_folder(tmp_path))
    again = load_dataset(make_folder(tmp_path))
    other = load_dataset(make_folder(tmp_path, documents=(DOCUMENT | {"text": "Food."},)))
    asked = load_dataset(make_folder(tmp_path, QUESTION | {"question": "What?"}))

    assert first.fingerprint == again.fingerprint
    assert len(first.fingerprint) == 64
    assert other.corpus_fingerprint != first.corpus_fingerprint == asked.corpus_fingerprint
    assert len({first.fingerprint, other.fingerprint, asked.fingerprint}) == 3


def test_a_folder_of_documents_has_a_fingerprint_of_its_files(tmp_path: Path) -> None:
    questions = write_rows(tmp_path / "q.jsonl", QUESTION)
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "one.txt").write_text("Food.", encoding="utf-8")
    before = load_dataset(questions, corpus=articles).corpus_fingerprint
    (articles / "one.txt").rename(articles / "two.txt")

    assert load_dataset(questions, corpus=articles).corpus_fingerprint != before


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        ({**QUESTION, "id": None}, ("field 'id'", "missing")),
        ({**QUESTION, "question": "  "}, ("field 'question'", "blank")),
        ({**QUESTION, "question": 7}, ("field 'question'", "a number")),
        ({**QUESTION, "answers": "food"}, ("field 'answers'", "a string", "list of strings")),
        ({**QUESTION, "relevant": [1]}, ("field 'relevant'", "holds a number")),
        ({**QUESTION, "answerable": "yes"}, ("field 'answerable'", "true or false")),
        ({**QUESTION, "answerable": None}, ("field 'answerable'", "missing")),
        ({**QUESTION, "asked_on": "last May"}, ("field 'asked_on'", "last May", "2025-11-30")),
        (QUESTION, ("field 'id'", "'q1' is used twice")),
        ("{not json", ("not valid JSON",)),
        ("[1, 2]", ("a list", "expected an object")),
    ],
)
def test_a_bad_question_is_named_by_file_row_and_field(tmp_path: Path, row, parts) -> None:
    said = complaint(make_folder(tmp_path, QUESTION, row))

    assert f"{tmp_path / 'queries.jsonl'}, row 2" in said
    assert all(part in said for part in parts), said


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"id": "b", "title": "No text"}, "text"),
        ({"id": "b", "text": "Food.", "title": 3}, "title"),
        (DOCUMENT, "id"),
    ],
)
def test_a_bad_document_is_named_by_file_row_and_field(tmp_path: Path, row, field: str) -> None:
    said = complaint(make_folder(tmp_path, documents=(DOCUMENT, "", row)))

    assert f"{tmp_path / 'corpus.jsonl'}, row 3, field '{field}'" in said


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    assert "does not exist" in complaint(tmp_path / "nowhere")
    assert "queries.jsonl does not exist" in complaint(tmp_path)
    make_folder(tmp_path)
    (tmp_path / "queries.jsonl").write_text("\n", encoding="utf-8")
    assert "holds no question" in complaint(tmp_path)
    (tmp_path / "queries.jsonl").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in complaint(tmp_path)


@pytest.mark.parametrize(
    "description",
    ["[]", "{", '{"queries": "queries.jsonl"}', '{"corpus": 7}', '{"corpus": "nowhere"}'],
)
def test_a_bad_description_is_said(tmp_path: Path, description: str) -> None:
    make_folder(tmp_path)
    (tmp_path / "dataset.json").write_text(description, encoding="utf-8")

    said = complaint(tmp_path)

    assert "dataset.json" in said or "nowhere does not exist" in said


TEXTS = [
    "# Not a heading\n## Nor this\n\nA sentence with *stars*, _lines_, `ticks` and [1](link).",
    "- one\n- two\n+ three\n1. four\n2) five\n> six\n\nSeven sentences stand here, at the end.",
    "A | B\n--|--\n1 | 2\n===\n---\n\n~~~ & <b>bold</b> &amp; \\ backslash \\* and ~tilde~.",
    "Front matter is no matter.\n\n---\ntitle: Another\n---\n\nIt is part of the text.",
    "    Indented by four.\n\tIndented by a tab.\n\n\n\nAfter three blank lines it goes on.",
    "[citation]: https://example.org 'A definition'\n\nText that uses a [citation] after it.",
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_of_a_row_is_read_back_unchanged(text: str) -> None:
    row = CorpusRow(id="a", title='Say "no": #1', text=text, source="Wire: West")

    raw = load(row_file(row).encode(), file_name(row.id))

    assert raw.text.split() == text.split()
    assert [line.strip() for line in raw.text.split("\n") if line.strip()] == [
        line.strip() for line in text.split("\n") if line.strip()
    ]
    assert (raw.title, raw.outlet) == ('Say "no": #1', "Wire: West")


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2023-11-21", date(2023, 11, 21)),
        ("2023-11-21T08:00:00+00:00", date(2023, 11, 21)),
        ("Tuesday", None),
        (None, None),
    ],
)
def test_the_day_of_a_row_is_read_back_or_unknown(stated: str | None, day: date | None) -> None:
    row = CorpusRow(id="a", title="Shells", text="It wants food.", published_at=stated)

    assert load(row_file(row).encode(), file_name(row.id)).published_at == day


def test_file_names_differ_where_ids_do_even_if_case_is_ignored() -> None:
    ids = ["a", "A", "a/b", "a b", "../a", "x" * 300, "x" * 301, "Ünïcode"]
    names = [file_name(row_id) for row_id in ids]

    assert len({name.lower() for name in names}) == len(ids)
    assert all(Path(name).name == name and len(name) < 120 for name in names)


def test_names_are_found_by_file_stem_source_and_id(summary) -> None:
    names = names_in([summary("d1", "/somewhere/wire.txt")], None)

    assert names.name("d1") == "wire.txt"
    for alias in ("wire.txt", "wire", "/somewhere/wire.txt", "d1"):
        assert names.canonical(alias) == "wire.txt"
    assert names.canonical("unknown") == "unknown"
    assert "unknown" not in names


def test_rows_with_the_same_content_share_a_name(summary) -> None:
    rows = (CorpusRow(id="a", title="", text="x"), CorpusRow(id="b", title="", text="x"))
    names = names_in([summary("d1", *(f"/c/{file_name(row.id)}" for row in rows))], rows)

    assert names.canonical("a") == names.canonical("b") == names.name("d1")


@pytest.fixture
def summary():
    from datetime import UTC, datetime

    from index.models import DocumentSummary

    def make(document_id: str, *sources: str) -> DocumentSummary:
        return DocumentSummary(
            id=document_id,
            title="Shells",
            outlet=None,
            author=None,
            published_at=None,
            language=None,
            tags=(),
            media_type="text/plain",
            sources=sources,
            characters=10,
            passages=1,
            added_at=datetime(2026, 1, 1, tzinfo=UTC),
        )

    return make


def passages(*texts: str) -> list[Passage]:
    return [
        Passage(id=f"p{number}", document_id="d", start=0, end=len(text), text=text)
        for number, text in enumerate(texts)
    ]


def test_passages_give_a_gold_answer_away_by_its_words_near_each_other(tmp_path: Path) -> None:
    row = QUESTION | {"answers": ["crude oil", "the Food"]}
    queries = load_dataset(make_folder(tmp_path, row)).queries
    apart = f"Crude jokes {'and more ' * 10} about oil"
    texts = passages("Crude, oil!", "oil that is crude", "FOOD aid", "seafood", "crude-oil", apart)

    gold = GoldIndex(texts, queries)

    assert gold.holding(queries[0].answers) == {"p0", "p1", "p2"}
    assert gold.holding(["unknown words"]) == frozenset()
    assert gold.holding(["the"]) == frozenset()


def test_other_endings_and_another_order_give_an_answer_away_too(tmp_path: Path) -> None:
    row = QUESTION | {"answers": ["Russia", "Velmora and Hask", "vaquita"]}
    queries = load_dataset(make_folder(tmp_path, row)).queries
    texts = passages("Russia’s coast", "Russian", "Hask, then Velmora", "Vaquitas swim", "Hask")

    gold = GoldIndex(texts, queries)

    assert gold.holding(["Russia"]) == {"p0"}
    assert gold.holding(["Velmora and Hask"]) == {"p2"}
    assert gold.holding(["vaquita"]) == {"p3"}


def test_a_long_answer_word_for_word_gives_itself_away(tmp_path: Path) -> None:
    answer = "to pump the water out of the pit before the frost and to carry the reeds up the hill"
    queries = load_dataset(make_folder(tmp_path, QUESTION | {"answers": [answer]})).queries
    far = answer.replace("frost", "frost of the long grey winter on the cold and windy islands")
    texts = passages(f"They had {answer.upper()}, he said.", far, "to pump the water")

    assert GoldIndex(texts, queries).holding([answer]) == {"p0"}


def test_small_words_are_left_out_before_they_are_stemmed(tmp_path: Path) -> None:
    row = QUESTION | {"answers": ["very being of gulls", "The Who", "It"]}
    queries = load_dataset(make_folder(tmp_path, row)).queries
    texts = passages("Gulls!", "Who came? The gull.", "a song by The Who", "the man who", "Is it?")

    gold = GoldIndex(texts, queries)

    assert gold.holding(["very being of gulls"]) == {"p0", "p1"}
    assert gold.holding(["The Who"]) == {"p2"}
    assert gold.holding(["It"]) == {"p4"}


def test_yes_and_no_cannot_be_withheld(tmp_path: Path) -> None:
    rows = [QUESTION, QUESTION | {"id": "q2", "answers": ["Yes"]}]
    rows.append(QUESTION | {"id": "q3", "answers": [], "answerable": False})
    rows += [QUESTION | {"id": "q4", "answers": ["It"]}]
    rows += [QUESTION | {"id": "q5", "answers": ["The Who"]}]
    queries = load_dataset(make_folder(tmp_path, *rows)).queries

    assert [can_be_withheld(query) for query in queries] == [True, False, False, False, True]
    gold = GoldIndex(passages("Yes, it wants food.", "the who"), queries)
    held = [gold.withheld(query) for query in queries]
    assert held == [{"p0"}, frozenset(), frozenset(), frozenset(), {"p1"}]
    # Where nothing gives the answer away nothing is withheld, and nothing is asked again.
    assert GoldIndex(passages("Yes, it was."), queries).withheld(queries[0]) == frozenset()


def test_the_bundled_set_is_read() -> None:
    dataset = load_dataset(ROOT / "eval" / "data")

    assert len(dataset.queries) >= 40
    assert isinstance(dataset.corpus, Path)
    named = {name for query in dataset.queries for name in query.relevant}
    assert named <= {path.name for path in dataset.corpus.iterdir()}


@pytest.mark.parametrize(
    ("name", "answerable", "unanswerable", "labelled"),
    [
        ("realtimeqa_2025h2", 106, 150, 0),
        ("multihoprag_a", 1122, 142, 0),
        ("scifact_a", 0, 0, 139),
    ],
)
def test_public_sets_are_read_by_their_rules(
    name: str, answerable: int, unanswerable: int, labelled: int
) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"the evaluation set {name} is not at {DATA} (set PINCITE_DATA)")
    dataset: Dataset = load_dataset(DATA / name)

    kinds = [query.answerable for query in dataset.queries]
    assert [kinds.count(kind) for kind in (True, False, None)] == [
        answerable,
        unanswerable,
        labelled,
    ]
    assert isinstance(dataset.corpus, tuple)
    row = dataset.corpus[0]
    document = clean(load(row_file(row).encode(), file_name(row.id)), file_name(row.id))
    assert document.title == row.title
    assert document.text.split() == row.text.split()
