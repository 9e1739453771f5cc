"""The home question over five real news articles, which are not part of the project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rag
from rag.compare import DENIED, DOUBTED

ROOT = Path(__file__).parents[2]
ARTICLES = Path(os.environ.get("PINCITE_DATA", ROOT.parent / "shared" / "data")) / "articles"
HOME_QUESTION = "what does North Korea want in return?"

pytestmark = pytest.mark.skipif(
    not ARTICLES.is_dir(), reason="the evaluation data is not here: set PINCITE_DATA to its folder"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("news") / "library"
    with rag.open_assistant(path) as assistant:
        assert assistant.add(ARTICLES).count("added") == 5
    return path


def test_the_home_question_is_answered_with_exact_quotes(library: Path) -> None:
    with rag.open_assistant(library) as assistant:
        answer = assistant.ask(HOME_QUESTION)
        for source in answer.sources:
            text = assistant.document(source.document_id).text
            assert text[source.start : source.end] == source.quote
    assert all(claim.citations for claim in answer.claims)
    said = answer.text.lower()
    assert "submarine" in said
    assert "satellite" in said
    assert "missile" in said
    assert "food" in said
    # All five articles are heard, the sceptics among them, and who denies it is told.
    assert len({source.document_id for source in answer.sources}) == 5
    assert "just getting food and economic aid" in said
    differing = {
        entry.point: [side.quote for side in entry.sides] for entry in answer.disagreements
    }
    assert sorted(differing) == [DENIED, DOUBTED]
    assert sum("denied" in side or "dismissed" in side for side in differing[DENIED]) == 2


def test_what_the_articles_do_not_say_is_refused(library: Path) -> None:
    with rag.open_assistant(library) as assistant:
        answer = assistant.ask("What is the GDP of Japan?")
    assert answer.abstained
    assert answer.nearest


def test_the_terminal_gives_the_same_answer(library: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pincite", "ask", HOME_QUESTION, "--json", "--library", library],
        capture_output=True,
        text=True,
        check=True,
    )
    with rag.open_assistant(library) as assistant:
        answer = assistant.ask(HOME_QUESTION)
    told = json.loads(done.stdout)
    assert told["text"] == answer.text
    assert [source["quote"] for source in told["sources"]] == [
        source.quote for source in answer.sources
    ]


def test_only_what_is_certain_is_known_of_the_articles(library: Path) -> None:
    with rag.open_assistant(library) as assistant:
        known = {Path(row.sources[0]).name: row for row in assistant.documents()}
    assert {name for name, row in known.items() if row.outlet} == {"004.txt"}
    assert all(row.published_at is None for row in known.values())
