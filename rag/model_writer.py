"""A language model writes from numbered evidence; its words are checked by others."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.models import Document
from rag.given_model import GivenModelSettings
from rag.llm import close
from rag.model_stream import Finished, spoken
from rag.models import Draft, Evidence, Question
from rag.prompt import build_prompt
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_MARKER = r"[\[【〔][^\[\]【】〔〕]{1,20}[\]】〕]"
# A sentence ends with its stop, and the markers behind it; a line of a list with its marker.
_WHOLE = re.compile(
    rf".*(?:[.!?。！？…][\"'”’»)]*(?:\s*{_MARKER})*(?=\s|$)|{_MARKER}(?=[^\S\n]*\n))", re.DOTALL
)


class ModelWriter:
    """Writes with any LlamaIndex model. Every failure is a `ModelError`, in time."""

    def __init__(self, llm: LLM, *, settings: Settings) -> None:
        self._llm = llm
        self._settings = settings

    @property
    def name(self) -> str:
        """The model's name."""
        if isinstance(self._settings, GivenModelSettings):
            return self._settings.given_model
        return str(self._llm.metadata.model_name)

    @property
    def _limit(self) -> str:
        """What keeps an answer short; a model handed in was made with a limit of its own."""
        given = isinstance(self._settings, GivenModelSettings)
        return "its own limit of tokens or llm_max_tokens" if given else "llm_max_tokens"

    def write(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        documents: Mapping[str, Document],
    ) -> Iterator[str | Draft]:
        """Pieces of text as the model writes them, then the draft.

        The draft holds exactly the evidence that was numbered for the model. Text broken off by a
        limit ends with its last whole sentence. Raises `ModelError`, or one of its kinds, for a
        model that fails, writes nothing or no whole sentence, or is not done in `llm_timeout`.
        """
        deadline = time.monotonic() + self._settings.llm_timeout
        prompt = partial(
            build_prompt,
            question,
            evidence,
            documents,
            words=self._settings.answer_words,
            small=self._settings.resolved_writer == "embedded",
        )
        written: list[str] = []
        finished = Finished(evidence=(), cut=False, prompt_tokens=0, completion_tokens=0)
        for item in spoken(self._llm, prompt, settings=self._settings, deadline=deadline):
            if isinstance(item, Finished):
                finished = item
            else:
                written.append(item)
                yield item
        text = "".join(written).strip()
        if not text:
            raise ModelError(
                f"The language model {self.name} wrote nothing; if it reasons before it answers, "
                f"raise {self._limit}."
            )
        if finished.cut:
            text = _whole_sentences(text)
        if not text:
            raise ModelError(
                f"The language model {self.name} broke off within its first sentence: "
                f"{self._limit}, {self._settings.llm_max_tokens}, is probably too small: raise it."
            )
        yield Draft(
            text=text,
            evidence=finished.evidence,
            writer=self.name,
            prompt_tokens=finished.prompt_tokens,
            completion_tokens=finished.completion_tokens,
        )

    def close(self) -> None:
        """Release the model's connections and its process, if it has one."""
        close(self._llm)


def _whole_sentences(text: str) -> str:
    r"""Text without the sentence it breaks off in; empty if that is its only one.

    >>> _whole_sentences("Kim wants oil [1]. Analysts expect that the")
    'Kim wants oil [1].'
    >>> _whole_sentences("- oil [1]\n- food [2]\n- spare")
    '- oil [1]\n- food [2]'
    >>> _whole_sentences("Analysts expect that the")
    ''
    """
    match = _WHOLE.match(text)
    return match.group() if match else ""
