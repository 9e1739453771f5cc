"""What a page of search results would show of a passage."""

from __future__ import annotations

from eval.baselines import snippet

PASSAGE = (
    "The quay was built in 1911. It has two cranes. Ferries stopped on Friday. The crews want "
    "longer rests between night shifts. The province has offered talks."
)


def shown(question: str, passage: str = PASSAGE, *, word_limit: int) -> str:
    start, end = snippet(question, passage, word_limit=word_limit)
    return passage[start:end]


def test_the_run_with_most_of_the_questions_words_is_shown() -> None:
    assert shown("What do the crews want for night shifts?", word_limit=9) == (
        "The crews want longer rests between night shifts."
    )
    assert shown("When was the quay built?", word_limit=6) == "The quay was built in 1911."


def test_of_runs_that_hold_as_much_the_longest_is_shown() -> None:
    text = shown("When did the ferries stop?", word_limit=12)
    assert "Ferries stopped on Friday." in text
    assert len(text.split()) == 12


def test_a_passage_within_the_limit_is_shown_whole() -> None:
    assert shown("Who?", word_limit=60) == PASSAGE


def test_a_sentence_beyond_the_limit_is_cut_between_words() -> None:
    long = "The harbour master said, after a night of talks, that nothing was settled."
    assert shown("What was settled?", long, word_limit=4) == "The harbour master said,"


def test_a_passage_without_a_word_is_shown_as_it_is() -> None:
    assert shown("Who?", "", word_limit=5) == ""
