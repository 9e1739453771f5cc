"""A figure that changed from day to day, read by the real models in dated articles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import rag
from rag.render import to_markdown

ROOT = Path(__file__).parents[2]
SANK = "The ferry Alder Rose sank off Velmora on Thursday night in a storm."
ARTICLES = {
    "first.md": (
        "2024-05-03",
        "Ferry sinks off Velmora",
        f"{SANK} At least 12 people died when the ferry sank, the coast guard said. "
        "The search went on through the night with two helicopters.",
    ),
    "second.md": (
        "2024-05-05",
        "Velmora ferry: toll rises",
        f"{SANK} Divers reached the lower deck on Saturday. In all 31 people died in the sinking "
        "of the ferry off Velmora, the coast guard said. Nobody is missing any more.",
    ),
}
QUESTION = "How many people died when the ferry sank off Velmora?"


def asked(folder: Path, articles: dict[str, tuple[str, str, str]]) -> rag.Answer:
    texts = folder / "articles"
    texts.mkdir()
    for name, (day, title, text) in articles.items():
        stated = f"date: {day}\n" if day else ""
        (texts / name).write_text(f'---\ntitle: "{title}"\n{stated}---\n\n{text}\n', "utf-8")
    with rag.open_assistant(folder / "library") as assistant:
        assert not assistant.add(texts).failed
        return assistant.ask(QUESTION)


def test_the_newest_toll_leads_and_the_older_one_is_superseded(tmp_path: Path) -> None:
    answer = asked(tmp_path, ARTICLES)
    assert "31 people died" in answer.claims[0].text
    (difference,) = answer.disagreements
    assert difference.point == "people: At least 12, then 31"
    assert ["12 people" in side.quote for side in difference.superseded] == [True]
    assert difference.since == date(2024, 5, 5)
    assert "**newer, since 2024-05-05**" in to_markdown(answer)


@pytest.mark.parametrize("day", ["2024-05-03", ""])
def test_two_tolls_of_one_day_or_of_an_unknown_day_only_differ(tmp_path: Path, day: str) -> None:
    _, title, text = ARTICLES["second.md"]
    answer = asked(tmp_path, ARTICLES | {"second.md": (day, title, text)})
    (difference,) = answer.disagreements
    assert " or " in difference.point
    assert (difference.superseded, difference.since) == ((), None)


def test_a_figure_that_was_corrected_is_not_the_answer(tmp_path: Path) -> None:
    with rag.open_assistant(tmp_path / "library") as assistant:
        assistant.add(ROOT / "examples" / "articles")
        answers = [
            assistant.ask("How many shells did North Korea send to Russia?"),
            assistant.ask("How many shells has North Korea shipped to Russia?"),
        ]
    for answer in answers:
        assert "over one million shells" in answer.claims[0].text
        (difference,) = answer.disagreements
        assert difference.point == "shells: about 500,000, then over one million"
        assert difference.since == date(2023, 11, 2)
