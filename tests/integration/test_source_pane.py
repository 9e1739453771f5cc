"""A cited place is marked only while the cited words stand there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from pincite.ui.chat import Exchange, Visit
from pincite.ui.source_handlers import SourceHandlers
from rag import Assistant, open_assistant
from rag.models import Citation
from rag.removed import LEFT_OUT

FERRY = "The ferry to Aldermoor will run every hour from May."


@pytest.fixture
def assistant(tmp_path: Path, tiny_model: Path):
    (tmp_path / "ferry.txt").write_text(f"{FERRY} Tickets cost three crowns.\n")
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 0.0}
    with open_assistant(tmp_path / "library", **options) as assistant:
        assistant.add(tmp_path / "ferry.txt")
        yield assistant


def opened(assistant: Assistant, *citations: Citation, at: int = 0) -> str:
    answer = assistant.ask("How often will the ferry to Aldermoor run?")
    answer = replace(answer, sources=citations, nearest=())
    visit = Visit(exchanges=(Exchange(question="How often?", answer=answer),))
    pressed = gr.EventData(None, {"exchange": "0", "source": str(at), "action": "source"})
    return SourceHandlers(assistant).cite(visit, pressed)


def test_words_that_stand_where_they_were_cited_are_marked(assistant: Assistant) -> None:
    cited = assistant.ask("How often will the ferry to Aldermoor run?").sources[0]
    markup = opened(assistant, cited)
    assert markup.count("<mark") == 1
    assert f">{cited.quote}</mark>" in markup
    assert "any more" not in markup


def test_other_words_at_that_place_are_not_marked_as_the_cited_ones(assistant: Assistant) -> None:
    cited = assistant.ask("How often will the ferry to Aldermoor run?").sources[0]
    moved = replace(cited, start=cited.start + 4, end=cited.end + 4)
    markup = opened(assistant, moved)
    assert "these words do not stand there any more" in markup
    assert 'class="source removed"' in markup
    assert markup.count(FERRY) == 1


def test_of_a_removed_document_the_quote_is_left(assistant: Assistant) -> None:
    cited = assistant.ask("How often will the ferry to Aldermoor run?").sources[0]
    assistant.remove(cited.document_id)
    assert "was removed from the library" in opened(assistant, cited)


def test_other_citations_whose_words_moved_are_not_marked_and_are_stepped_to_by_asking(
    assistant: Assistant,
) -> None:
    cited = assistant.ask("How often will the ferry to Aldermoor run?").sources[0]
    moved = replace(cited, start=cited.start + 4, end=cited.end + 4)
    markup = opened(assistant, cited, moved)
    assert f'data-places="[[{cited.start}, {cited.end}, 0]]"' in markup
    assert markup.count("<mark") == 1
    assert f">{cited.quote}</mark>" in markup
    # Where it is, is said of the first alone: for the second the page asks again.
    assert 'data-stops="[[0, 0, null], [1]]"' in markup
    assert 'data-count="2"' in markup
    assert "1 of 2" in markup
    assert "these words do not stand there any more" in opened(assistant, cited, moved, at=1)


def test_of_an_erased_quote_only_that_is_said(assistant: Assistant) -> None:
    cited = assistant.ask("How often will the ferry to Aldermoor run?").sources[0]
    markup = opened(assistant, replace(cited, quote=LEFT_OUT))
    assert "This quote was erased when its document was removed." in markup
    assert LEFT_OUT not in markup
    assert "The quote as it stood" not in markup
    assert "<mark" not in markup
