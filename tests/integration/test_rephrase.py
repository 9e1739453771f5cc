"""A follow-up phrased by a real server's model, well and badly: at worst the rules stand."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rag import Assistant, open_assistant
from rag.llm import close, connect
from rag.models import Answer, AnswerReady, Claim, FollowUpUnderstood, Question, StageStarted
from rag.question import understand
from rag.rephrase import FollowUpRephraser, is_faithful
from rag.settings import Settings

from .misbehaving_server import MisbehavingServer

GRACE = 3.0
TYPED = "and what did Seoul say in 2024?"
GOOD = "What did Seoul say in 2024 about the terms that North Korea has named?"
CLAIM = Claim(
    text="Pyongyang wants 500 tonnes of oil.", citations=(), verdict="quoted", speaker="Ines Calder"
)
EARLIER = (Answer(question=understand("what does North Korea want?"), claims=(CLAIM,)),)


def rephrased(behaviour: str, *, words: tuple[str, ...] = (GOOD,), **options: object) -> Question:
    asked = understand(TYPED, earlier=EARLIER)
    with MisbehavingServer(behaviour, words=words) as server:
        chosen = Settings(llm_base_url=server.base_url, **{"llm_timeout": 20.0, **options})
        llm = connect(chosen)
        try:
            return FollowUpRephraser(llm, settings=chosen).rephrased(asked, EARLIER)
        finally:
            close(llm)


def test_a_model_phrases_a_follow_up() -> None:
    question = rephrased("saying", words=("<think>Seoul", "</think>\n", *GOOD.split(" about")))
    assert question.standalone == GOOD.replace(" about", "")
    question = rephrased("saying", words=(f" “{GOOD}”\n",))
    assert (question.text, question.standalone, question.parts) == (TYPED, GOOD, (GOOD,))
    assert question.period is not None
    assert question.period.first.year == 2024


def test_the_model_sees_the_conversation_and_nothing_else() -> None:
    asked = understand(TYPED, earlier=EARLIER)
    with MisbehavingServer("saying", words=(GOOD,)) as server:
        chosen = Settings(llm_base_url=server.base_url)
        llm = connect(chosen)
        FollowUpRephraser(llm, settings=chosen).rephrased(asked, EARLIER * 9)
        close(llm)
    ((_, body),) = server.requests
    said = body["messages"][1]["content"]
    assert said.count("Question: what does North Korea want?") == 3
    assert "Pyongyang wants 500 tonnes of oil." in said
    assert said.endswith(f"Question to rewrite: {TYPED}")


def test_what_does_not_fit_into_the_context_is_left_out() -> None:
    long = Answer(question=understand("what does the union want? " * 30), claims=(CLAIM,))
    asked = understand(TYPED, earlier=[long])
    with MisbehavingServer("saying", words=(GOOD,)) as server:
        chosen = Settings(llm_base_url=server.base_url, llm_context_tokens=512)
        llm = connect(chosen)
        assert FollowUpRephraser(llm, settings=chosen).rephrased(asked, [long]) == asked
        close(llm)
    assert server.requests == []


@pytest.mark.parametrize(
    "line",
    [
        "Seoul said in 2024 that it will wait.",  # an answer, no question
        "What did Seoul say in 2024?\nIt said that it will wait.",
        "?",
        "What did Seoul say about the terms?",  # 2024 is lost
        "What did the South say in 2024 about the terms?",  # Seoul is lost
        "What did Seoul say in 2024 about the 7 terms?",
        "What did Seoul and Tokyo say in 2024 about the terms?",
        "What did Seoul say in 2024 " + "about the terms " * 200 + "?",
        TYPED,
    ],
)
def test_unfaithful_words_are_not_used(line: str) -> None:
    assert not is_faithful(line, TYPED, EARLIER)
    by_the_rules = understand(TYPED, earlier=EARLIER)
    assert by_the_rules.is_follow_up
    assert rephrased("saying", words=(line,)) == by_the_rules


@pytest.mark.parametrize(
    "line",
    [
        GOOD,
        "what did Seoul say in 2024 about Pyongyang’s wish for 500 tonnes of oil?",
        "What did Seoul say in 2024 about what Ines Calder told North Korea?",
    ],
)
def test_what_was_said_before_may_be_put_in(line: str) -> None:
    assert is_faithful(line, TYPED, EARLIER)


@pytest.mark.parametrize(
    "behaviour",
    """well wrong_key unknown_model long_rate_limit too_long internal_error error_page redirect
    garbage_json wrong_shape error_event garbage_bytes web_page nothing blank only_thoughts
    cut_off cut_off_at_once ending_early slowly never pings trickled_headers endless_line endlessly
    hang_up die_midway""".split(),
)
def test_a_failing_model_leaves_the_rules(behaviour: str) -> None:
    started = time.monotonic()
    found = rephrased(behaviour, llm_timeout=1.5, llm_max_tokens=24)
    assert found == understand(TYPED, earlier=EARLIER)
    assert time.monotonic() - started < 1.5 + GRACE


@pytest.fixture
def notes(tmp_path: Path, tiny_model: Path) -> dict[str, object]:
    """The options of a library about tea over a tiny model."""
    library = tmp_path / "library"
    (tmp_path / "tea.txt").write_text(
        "Tea costs three coins a cup, and coffee costs four.", "utf-8"
    )
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 0.0}
    with open_assistant(library, **options) as assistant:
        assistant.add(tmp_path / "tea.txt")
    return {"library": library, **options}


def events(assistant: Assistant, question: str) -> tuple[list[str], list[Question], Answer]:
    first = assistant.ask("How much does tea cost?")
    seen = list(assistant.stream(question, earlier=[first]))
    stages = [event.stage for event in seen if isinstance(event, StageStarted)]
    understood = [event.question for event in seen if isinstance(event, FollowUpUnderstood)]
    assert isinstance(seen[-1], AnswerReady)
    return stages, understood, seen[-1].answer


def test_the_model_is_asked_first_and_only_for_a_follow_up(notes: dict[str, object]) -> None:
    line = "How much does coffee cost, tea aside?"
    with (
        MisbehavingServer("saying", words=(line,)) as server,
        open_assistant(**notes, llm_base_url=server.base_url) as assistant,
    ):
        stages, understood, answer = events(assistant, "and coffee?")
        assert stages[0] == "understanding"
        assert [question.standalone for question in understood] == [line]
        assert answer.question == understood[0]
        assert answer.trace.searched == (line,)
        assert "understand" in answer.trace.milliseconds
        count = len(server.requests)
        stages, understood, answer = events(assistant, "Who owns the moon?")
        assert (stages[0], understood) == ("searching", [])
        assert not answer.question.is_follow_up
        assert len(server.requests) == count + 2  # both answers, no rephrasing


def test_without_an_endpoint_the_rules_stand_alone(notes: dict[str, object]) -> None:
    with open_assistant(**notes) as assistant:
        stages, understood, answer = events(assistant, "and coffee?")
    assert stages[0] == "searching"
    assert [question.standalone for question in understood] == ["How much does coffee cost?"]
    assert answer.question.text == "and coffee?"
    assert "understand" not in answer.trace.milliseconds


def test_an_endpoint_that_is_down_costs_no_answer(notes: dict[str, object]) -> None:
    with open_assistant(**notes, llm_base_url="http://127.0.0.1:9/v1") as assistant:
        _, understood, answer = events(assistant, "and coffee?")
    assert [question.standalone for question in understood] == ["How much does coffee cost?"]
    assert answer.claims
    assert len(answer.notices) == 1
