"""Questions drafted from a library: what a person gets to correct, and what becomes of it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from eval.datasets import load_dataset
from eval.draft_file import COLUMNS, write_drafts
from eval.drafts import Draft, draft_conversations, draft_feedback, draft_sentences
from eval.run import run_evaluation
from index.errors import DatasetError, UsageError
from rag.assistant import Assistant
from rag.opening import open_assistant

FERRY = """The ferry

Ferry crews of the Saltmarsh line stopped work over night shifts on 2 February 2024.

They want more pay for the islands' last boats. It may cost the harbour a lot of money.

=2+5 is what the formula of the harbour gives as the 12 wages.

The harbour master of the line is Ottoline Marsh, who has worked there for 31 years.

The harbour master of the line Ottoline Marsh counts 27 islands without any link to the mainland.
"""
CRANE = """The crane

The timber quay of Tessel Bay has bought a crane for $46.5 million from a maker of three-way lifts.

The harbour master of the line Ottoline Marsh counts 27 islands without any link to the mainland.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drafting")
    for name, text in (("ferry.txt", FERRY), ("crane.txt", CRANE)):
        (folder / name).write_text(text, encoding="utf-8")
    with open_assistant(folder / "library") as assistant:
        assistant.add(folder / "ferry.txt", folder / "crane.txt")
        first = assistant.ask("Who is the harbour master of the Saltmarsh line?")
        stored = assistant.conversations.add(first)
        refused = assistant.ask("What is the gross domestic product of Japan?")
        assistant.conversations.add(refused, conversation=stored.conversation_id)
        assistant.conversations.add(first)  # asked again
    return folder / "library"


def drafted(library: Path, **options: int) -> list[Draft]:
    with open_assistant(library, create=False) as assistant:
        return draft_sentences(assistant, **({"count": 50} | options))


def test_sentences_that_stand_alone_are_drafted_with_an_answer_in_them(library: Path) -> None:
    drafts = {draft.evidence[0].split(" ")[0] + draft.type: draft for draft in drafted(library)}
    sentences = [draft.evidence[0] for draft in drafts.values()]

    assert len(sentences) == len(set(sentences)) == 3
    assert not any(s.startswith(("They", "It", "=")) or "there" in s for s in sentences)
    for draft in drafts.values():
        assert draft.question == ""
        assert all(answer in draft.evidence[0] for answer in draft.answers)
        assert draft.type in {"name", "date", "number"}


def test_a_sentence_of_two_documents_has_both_as_relevant(library: Path) -> None:
    (shared,) = [one for one in drafted(library) if "27 islands" in one.evidence[0]]

    assert sorted(shared.relevant) == ["crane.txt", "ferry.txt"]


def test_answers_are_taken_with_their_currency_and_never_from_half_a_word(library: Path) -> None:
    answers = {
        answer
        for seed in range(12)
        for one in drafted(library, seed=seed)
        for answer in one.answers
    }

    assert {"$46.5", "27", "2 February 2024"} & answers
    assert not {"46.5", "three"} & answers


def test_the_same_seed_gives_the_same_drafts_and_count_is_a_limit(library: Path) -> None:
    assert drafted(library, seed=1) == drafted(library, seed=1)
    assert any(drafted(library, seed=seed) != drafted(library, seed=0) for seed in range(1, 9))
    assert len(drafted(library, count=2)) == 2


def test_questions_that_were_asked_become_drafts_once(library: Path) -> None:
    with open_assistant(library, create=False) as assistant:
        answered, refused = draft_conversations(assistant, count=50)
        assert len(draft_conversations(assistant, count=1)) == 1

    assert answered.question == "Who is the harbour master of the Saltmarsh line?"
    assert answered.answerable
    assert any("Ottoline Marsh" in quote for quote in answered.evidence)
    assert set(answered.relevant) <= {"ferry.txt", "crane.txt"}
    assert not refused.answerable
    assert refused.evidence == refused.relevant == refused.answers == ()


def test_rated_answers_become_drafts_good_ones_as_they_were_answered(tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").write_text(FERRY, encoding="utf-8")
    good, bad = "Who is the harbour master of the line?", "How many islands have a link?"
    with open_assistant(tmp_path / "library") as assistant:
        assistant.add(tmp_path / "ferry.txt")
        for question, rating in ((good, "up"), (bad, "down"), ("What is pay?", None)):
            stored = assistant.conversations.add(assistant.ask(question))
            assistant.conversations.rate(stored.conversation_id, 1, rating, note="=1+1\nsee p. 2")
        newest, first = draft_feedback(assistant, count=9)
        assert len(draft_feedback(assistant, count=1)) == 1
    assert (first.question, first.note) == (good, "good: =1+1 see p. 2")
    assert any("Ottoline Marsh" in quote for quote in first.evidence)
    assert (newest.question, newest.note) == (bad, "not good: =1+1 see p. 2")
    assert newest.answers == newest.evidence == newest.relevant == ()
    write_drafts([newest, first], tmp_path / "rated.csv")
    assert [query.question for query in load_dataset(tmp_path / "rated.csv").queries] == [bad, good]


def test_drafts_are_left_out_until_their_question_is_written(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.csv"
    write_drafts(drafted(library), path)
    with pytest.raises(DatasetError, match="drafts without a question only"):
        load_dataset(path)

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    number = next(place for place, row in enumerate(rows) if "27 islands" in row["evidence"])
    rows[number] |= {
        "question": "Who counts the islands without a link?",
        "answers": "Ottoline Marsh",
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    report = run_evaluation(path, library=library)

    (outcome,) = report.outcomes
    assert outcome.query.answers == ("Ottoline Marsh",)
    assert report.scores.overall["hit@1"].value == report.scores.overall["contained"].value == 1.0
    assert "Left out, being drafts without a question: 2 questions." in report.manifest.notes
    assert any("Drafts that nobody has corrected yet" in note for note in report.manifest.notes)


@pytest.mark.parametrize("answers", [("plain", "two"), ("a|b",), ("[x]",), ("semi;colon, too",)])
def test_a_drafted_cell_is_read_back_as_it_was(answers: tuple[str, ...], tmp_path: Path) -> None:
    draft = Draft(
        question='Who said "no"?',
        answers=answers,
        type="name",
        evidence=("A sentence, with a comma.",),
        relevant=("a.txt",),
        document="Å title",
    )
    write_drafts([draft], tmp_path / "questions.csv")

    (query,) = load_dataset(tmp_path / "questions.csv").queries

    assert (query.question, query.answers) == (draft.question, answers)
    assert (query.evidence, query.relevant) == (draft.evidence, draft.relevant)


def test_a_file_with_somebodys_work_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "questions.csv").write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match="exists"):
        write_drafts([], tmp_path / "questions.csv")
    with pytest.raises(UsageError, match="in a folder that exists"):
        write_drafts([], tmp_path / "nowhere" / "questions.csv")
    assert (tmp_path / "questions.csv").read_text(encoding="utf-8") == "mine"


def test_the_command_writes_the_table_and_says_what_to_do(library: Path, tmp_path: Path) -> None:
    def make(*options: str) -> subprocess.CompletedProcess[str]:
        command = ["-m", "pincite", "eval", "make", "--library", str(library), *options]
        return subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=False
        )

    made = make("--out", str(tmp_path / "a.csv"), "--count", "1")
    assert made.returncode == 0
    assert "Wrote 1 drafts" in made.stdout
    assert len((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
    assert make("--out", str(tmp_path / "a.csv")).returncode == 2
    assert make("--out", str(tmp_path / "b.csv"), "--from-conversations").returncode == 0
    assert make("--out", str(tmp_path / "c.csv"), "--from-feedback").returncode == 2
    both = make("--out", str(tmp_path / "c.csv"), "--from-feedback", "--from-conversations")
    assert "Choose one of" in both.stderr
    assert "Japan" in (tmp_path / "b.csv").read_text(encoding="utf-8-sig")


def test_a_library_without_anything_to_draft_is_said(tmp_path: Path) -> None:
    with open_assistant(tmp_path / "empty") as assistant:
        assert isinstance(assistant, Assistant)
        assert draft_sentences(assistant, count=5) == draft_conversations(assistant, count=5) == []
