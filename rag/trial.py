"""A language model is tried, on the road that answers take, before anything depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from index.models import Document, Passage
from rag.llm import connect
from rag.model_writer import ModelWriter
from rag.models import Draft, Evidence, Hit, Question
from rag.settings import Settings

_ASKED = "How did the trial end?"
_TEXT = "The trial ended well."


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the model wrote, and the seconds until its first word and its last."""

    text: str
    first_word: float
    seconds: float


def try_model(settings: Settings) -> Trial:
    """Have the model of the settings' writer answer a question from one sentence.

    Raises the `ModelError` that an answer would meet, within `llm_timeout`.
    """
    passage = Passage(id="trial", document_id="trial", start=0, end=len(_TEXT), text=_TEXT)
    hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
    evidence = Evidence(hit=hit, start=0, end=len(_TEXT), text=_TEXT, score=1.0)
    document = Document(id="trial", sources=("trial.txt",), title="Trial", text=_TEXT)
    question = Question(text=_ASKED, standalone=_ASKED, parts=(_ASKED,))
    writer = ModelWriter(connect(settings), settings=settings)
    begun, first_word, text = perf_counter(), 0.0, ""
    try:
        for piece in writer.write(question, (evidence,), {"trial": document}):
            first_word = first_word or perf_counter() - begun
            if isinstance(piece, Draft):
                text = piece.text
    finally:
        writer.close()
    return Trial(text=text, first_word=first_word, seconds=perf_counter() - begun)
