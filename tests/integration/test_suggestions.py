"""Questions that are suggested: answered ones only, of persons the documents let speak."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from index.models import Document
from pincite.api.service import SHARES, Shares
from pincite.ui.chat import Exchange, Visit
from pincite.ui.suggesting import SuggestionHandlers
from rag import Assistant, open_assistant
from rag.suggestions import candidates

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with open_assistant(tmp_path_factory.mktemp("suggesting") / "library") as assistant:
        assistant.add(ARTICLES)
        yield assistant


def test_what_is_suggested_is_answered_by_the_documents(articles: Assistant) -> None:
    found = articles.suggestions(limit=4)
    assert len(found) == len(set(found)) == 4
    for question in found:
        first = articles.ask(question).claims[0]
        name = question.removeprefix("Who is ").removeprefix("What did ").removesuffix(" say?")
        assert name.rstrip("?") in f"{first.text} {first.speaker}"


def test_only_the_documents_named_are_asked_about_and_nobody_twice(articles: Assistant) -> None:
    (ferry,) = (entry.id for entry in articles.documents() if "ferries" in entry.title)
    (only,) = (one for one in articles.suggestions(limit=9, about=[ferry]) if "Haskett" in one)
    besides = articles.suggestions(limit=9, about=[ferry], besides="What does Dorrie Haskett want?")
    assert only not in besides


def test_who_stops_has_what_was_found_so_far(articles: Assistant) -> None:
    every = articles.suggestions(limit=4)
    asked = []

    def after_some(count: int) -> bool:
        asked.append(count)
        return len(asked) > count

    assert articles.suggestions(limit=4, should_stop=lambda: True) == ()
    found = articles.suggestions(limit=4, should_stop=lambda: after_some(12))
    assert found == every[: len(found)]
    assert 0 < len(found) < 4
    assert len(asked) == 14  # it is looked once more, and nothing is begun


def test_suggestions_give_way_to_questions_and_are_not_remembered_then(
    articles: Assistant,
) -> None:
    shares = Shares()
    handlers, request = SuggestionHandlers(articles), requested(shares)
    answer = articles.ask("Who denied the deal?")
    asked = Visit(exchanges=(Exchange(question="Who denied the deal?", answer=answer),))
    with shares.turns.place("anna"):
        assert "chip" not in handlers.suggest(Visit(), request)
        assert "chip" not in handlers.suggest(asked, request)
    calm = handlers.suggest(Visit(), request)
    assert calm.count('class="chip"') == 3
    assert "chip" in handlers.suggest(asked, request)
    with shares.turns.place("anna"):  # what is known costs nothing
        assert handlers.suggest(Visit(), request).count('class="chip"') == 3


def requested(shares: Shares) -> Any:
    """What Gradio tells an event of the request behind it, as far as it is looked at here."""
    return SimpleNamespace(request=SimpleNamespace(scope={SHARES: shares}))


def test_what_would_be_refused_is_not_suggested(tmp_path: Path, tiny_model: Path) -> None:
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 1.0}
    with open_assistant(tmp_path / "library", **options) as assistant:
        assert assistant.suggestions() == ()
        assistant.add(ARTICLES)
        assert assistant.suggestions() == ()


def test_no_language_model_is_asked(tmp_path: Path, tiny_model: Path) -> None:
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 0.0}
    endpoint = {"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "absent"}
    text = "Ines Calder, the mayor of Aldermoor, said the ferry would stop in May.\n"
    (tmp_path / "ferry.txt").write_text(text, encoding="utf-8")
    with open_assistant(tmp_path / "library", **options, **endpoint) as assistant:
        assistant.add(tmp_path / "ferry.txt")
        assert assistant.suggestions() == ("Who is Ines Calder?",)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Ines Calder, the mayor, said no.", ["Who is Ines Calder?", "What did Ines Calder say?"]),
        ("“No,” said Dr. Ines Calder.", ["What did Ines Calder say?"]),
        ("Ines Calder walked home.", []),
        ("Calder said no.", []),
        ("The United Nations said no.", []),
        ("According to Ines Calder, the ferry will stop.", ["What did Ines Calder say?"]),
    ],
)
def test_who_is_let_speak_is_asked_about(text: str, asked: list[str]) -> None:
    document = Document(id="d" * 32, sources=("a.txt",), title="A title", text=text)
    assert [one.question for one in candidates([document])] == asked


def test_neither_authors_nor_texts_in_other_languages_are_asked_about() -> None:
    text = "Ines Calder, the mayor, said no."
    document = Document(id="d" * 32, sources=("a.txt",), title="A", author="Ines Calder", text=text)
    german = Document(id="e" * 32, sources=("b.txt",), title="B", language="de", text=text)
    assert list(candidates([document, german])) == []


def test_closing_does_not_wait_for_all_suggestions(tmp_path: Path, tiny_model: Path) -> None:
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 1.0}
    with open_assistant(tmp_path / "library", **options) as assistant:
        assistant.add(ARTICLES)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(assistant.suggestions, limit=1_000)
            assistant.close()
            assert asked.result(timeout=60) == ()


def test_new_settings_end_what_is_being_suggested_with_the_old(
    tmp_path: Path, tiny_model: Path
) -> None:
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 1.0}
    with open_assistant(tmp_path / "library", **options) as assistant:
        assistant.add(ARTICLES)
        replaced = assistant._suggester
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(assistant.suggestions, limit=1_000)
            while not replaced._turn.locked():
                assert not asked.done()
            assistant.reload_settings()
            assert not replaced._turn.locked()  # closing the assistant would not wait for it
            assert asked.result(timeout=60) == ()
        assert assistant._suggester is not replaced
