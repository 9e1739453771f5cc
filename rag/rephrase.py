"""A language model may phrase a follow-up better than the rules; its words are checked."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from index.errors import ModelError
from rag.followup.mentions import names
from rag.followup.rules import EARLIER_LIMIT
from rag.followup.topic import shortened
from rag.model_stream import Finished, spoken
from rag.models import Answer, Question
from rag.prompt import TEMPLATE_TOKENS, Prompt, as_data, estimate_tokens, template
from rag.question import restated
from rag.settings import QUESTION_LIMIT, Settings
from rag.words import numbers, stem, words

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# Characters of an earlier answer that the model sees: enough to tell what "it" may be.
_ANSWER_LENGTH = 400
_AROUND = " \t\r\n\"“”'`*"


class FollowUpRephraser:
    """Phrases follow-ups with any LlamaIndex chat model; where that fails, the rules stand."""

    def __init__(self, llm: LLM, *, settings: Settings) -> None:
        self._llm = llm
        self._settings = settings

    def rephrased(self, question: Question, earlier: Sequence[Answer]) -> Question:
        """The question in the model's words if they are fit to use, else as it is. Never fails.

        It may take as long as an answer may, `llm_timeout`.
        """
        recent = earlier[-EARLIER_LIMIT:]
        prompt = partial(_prompt, question, recent)
        deadline = time.monotonic() + self._settings.llm_timeout
        said: list[str] = []
        try:
            for item in spoken(self._llm, prompt, settings=self._settings, deadline=deadline):
                if isinstance(item, Finished):
                    if item.cut:
                        return question
                else:
                    said.append(item)
        except ModelError:
            return question
        line = "".join(said).strip(_AROUND)
        return restated(question, line) if is_faithful(line, question.text, recent) else question


def _prompt(question: Question, recent: Sequence[Answer], *, tokens: int) -> Prompt:
    """The conversation and the question, with as much of the former as fits into `tokens`.

    Raises `ModelError` if none of it does.
    """
    system = template("standalone.md").strip()
    asked = f"Question to rewrite: {as_data(question.text)}"
    room = tokens - TEMPLATE_TOKENS - estimate_tokens(system) - estimate_tokens(asked)
    lines: list[str] = []
    for answer in reversed(recent):
        said = shortened(as_data(answer.text), _ANSWER_LENGTH)
        turn = f"Question: {as_data(answer.question.standalone)}\nAnswer: {said}"
        room -= estimate_tokens(turn)
        if room < 0:
            break
        lines.insert(0, turn)
    if not lines:
        raise ModelError("The conversation does not fit into what the language model may read.")
    return Prompt(system=system, user="\n\n".join([*lines, asked]), evidence=())


def is_faithful(line: str, typed: str, earlier: Sequence[Answer]) -> bool:
    """Whether a model's words for a follow-up may stand for it.

    They must be one question on one line, keep every name and number that was typed, and bring in
    none that neither it nor the questions and answers before it hold.
    """
    if "\n" in line or not line.endswith(("?", "？")) or len(line) > QUESTION_LIMIT:
        return False
    if words(line) == words(typed):  # it left out again what is to be put in
        return False
    # Names are known by their capitals, which tell nothing in a line of capitals.
    if line.isupper() or not any(map(str.isalpha, line)) or not numbers(typed) <= numbers(line):
        return False
    if any(not _holds(line, name.key) for name in names(typed)):
        return False
    known = " ".join([typed, *(text for answer in earlier for text in _texts(answer))])
    stems = _stems(known)
    named = (name.text for name in names(line))
    return numbers(line) <= numbers(known) and all(_stems(name) <= stems for name in named)


def _holds(text: str, key: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text, re.IGNORECASE) is not None


def _texts(answer: Answer) -> Sequence[str]:
    speakers = (claim.speaker for claim in answer.claims if claim.speaker)
    # The markers of an answer are no numbers that were spoken of.
    said = [claim.text for claim in answer.claims] or [answer.text]
    return (answer.question.text, answer.question.standalone, *said, *speakers)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(part) for word in words(text) for part in word.split("-") if part)
