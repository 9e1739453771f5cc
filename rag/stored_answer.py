"""An answer as the text that is stored, and back, even where that text cannot be read."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping

from index.errors import UsageError
from rag.answer_json import from_json, to_json
from rag.models import Answer, Question

TITLE_LENGTH = 60


def write_answer(answer: Answer) -> str:
    """The answer as JSON text that any encoding of Unicode can hold.

    A lone surrogate, which UTF-8 cannot hold, becomes its JSON escape.
    """
    text = json.dumps(to_json(answer), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_answer(text: str) -> tuple[Answer, str | None]:
    """The answer that was written, and `None`; or what can be said of it, and why it is no more."""
    data: object = None
    try:
        data = json.loads(text)
        return from_json(data), None
    except (ValueError, RecursionError):
        reason = "This stored answer is not JSON: the file of stored conversations was altered."
    except UsageError as error:
        reason = str(error)
    return stand_in(_question_of(data), reason=reason), reason


def stand_in(question: str, *, reason: str) -> Answer:
    """What stands for a stored answer that cannot be read for this reason."""
    asked = Question(text=question, standalone=question, parts=(question,))
    return Answer(question=asked, abstained_because=reason)


def emptied(text: str) -> str:
    """What is left of a stored answer that cannot be read once its words must go."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    return json.dumps({"schema": data.get("schema") if isinstance(data, Mapping) else None})


def title_of(question: str) -> str:
    """The question on one line, cut behind a word if it has more than `TITLE_LENGTH` characters.

    >>> title_of("Who owns the old ferry?")
    'Who owns the old ferry?'
    >>> title_of("Who owns the old ferry that has crossed the sound since the war ended, and why?")
    'Who owns the old ferry that has crossed the sound since the…'
    """
    line = " ".join(question.split())
    shortened = textwrap.shorten(line, TITLE_LENGTH, placeholder="…", break_on_hyphens=False)
    if shortened == "…":  # one long word, or a language without spaces
        shortened = f"{line[: TITLE_LENGTH - 1]}…"
    return shortened.encode("utf-8", "backslashreplace").decode("utf-8")


def _question_of(data: object) -> str:
    question = data.get("question") if isinstance(data, Mapping) else None
    text = question.get("text") if isinstance(question, Mapping) else None
    return text if isinstance(text, str) else "(The question cannot be read.)"
