"""A language model says whether a given answer agrees with the known one."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from eval.models import Outcome
from eval.opinions import Opinion, Reply
from index.errors import ModelError
from rag.embedded import MODEL_NAME
from rag.llm import UNNAMED_MODEL, address, answer_tokens
from rag.model_stream import Finished, spoken
from rag.prompt import TEMPLATE_TOKENS, Prompt, as_data, estimate_tokens
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_REPLIES: Mapping[str, Reply] = {"yes": "yes", "no": "no", "cannot tell": "cannot tell"}
_AROUND = " \t\r\n\"“”'`*."


class Judge:
    """A model with its settings; may be used from several threads at once."""

    def __init__(self, llm: LLM, *, settings: Settings) -> None:
        self._llm = llm
        self._settings = settings

    @property
    def model(self) -> str:
        """The model's name, as answers give it too."""
        if self._settings.resolved_writer == "embedded":
            return MODEL_NAME
        return self._settings.llm_model or UNNAMED_MODEL

    @property
    def name(self) -> str:
        """The model's name, and where it is unless that is this machine."""
        if self._settings.resolved_writer == "embedded":
            return self.model
        return f"{self.model} at {address(self._settings)}"

    def key(self, outcome: Outcome) -> str:
        """SHA-256 of all that an opinion comes of: model, limits, prompt, question and answers."""
        asked = judging_prompt(outcome)
        settings = self._settings
        parts = [
            self.name,
            settings.llm_temperature,
            answer_tokens(settings),
            asked.system,
            asked.user,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def opinion(self, outcome: Outcome) -> Opinion:
        """What the model thinks, within `llm_timeout`. Raises `ModelError` where it fails."""
        deadline = time.monotonic() + self._settings.llm_timeout
        prompt = partial(_within, judging_prompt(outcome))
        said: list[str] = []
        finished = Finished(evidence=(), cut=False, prompt_tokens=0, completion_tokens=0)
        for item in spoken(self._llm, prompt, settings=self._settings, deadline=deadline):
            if isinstance(item, Finished):
                finished = item
            else:
                said.append(item)
        reply = None if finished.cut else understood("".join(said))
        return Opinion(
            key=self.key(outcome),
            reply=reply or "cannot tell",
            understood=reply is not None,
            prompt_tokens=finished.prompt_tokens,
            completion_tokens=finished.completion_tokens,
        )


def understood(text: str) -> Reply | None:
    r"""A reply that is one of those asked for and nothing else, but for case and marks around it.

    >>> understood("Yes."), understood(" **cannot tell**\n"), understood("Yes, since it says so.")
    ('yes', 'cannot tell', None)
    """
    return _REPLIES.get(" ".join(text.strip(_AROUND).casefold().split()))


def judging_prompt(outcome: Outcome) -> Prompt:
    """Question, known answers and given answer, none of which can pass for an order."""
    query = outcome.query
    which = "all of these are needed" if query.all_answers else "any one of these"
    known = query.answers
    lines = [
        f"Question: {as_data(query.question)}",
        f"Known answer{f's, {which}' if len(known) > 1 else ''}:",
        *(f"- {as_data(answer)}" for answer in known),
        f"Given answer: {as_data(outcome.text)}",
    ]
    system = files("eval").joinpath("prompts", "judge.md").read_text(encoding="utf-8").strip()
    return Prompt(system=system, user="\n".join(lines), evidence=())


def _within(prompt: Prompt, *, tokens: int) -> Prompt:
    needed = TEMPLATE_TOKENS + estimate_tokens(prompt.system) + estimate_tokens(prompt.user)
    if needed > tokens:
        raise ModelError(
            f"The answer to judge does not fit into the {tokens} tokens that the language model "
            "may read: raise llm_context_tokens."
        )
    return prompt
