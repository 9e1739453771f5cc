"""The way of a question: hits, evidence, draft, checked claims, answer. Nothing reaches back."""

from __future__ import annotations

import threading
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.library import Library
from index.models import Document
from rag.cite import Checked, check, citation
from rag.clock import Clock
from rag.compare import differences
from rag.evidence import EVIDENCE_LIMIT, best_evidence
from rag.finder import Finder
from rag.listeners import searched
from rag.llm import close, connect
from rag.model_writer import ModelWriter
from rag.models import (
    Answer,
    AnswerReady,
    Citation,
    Claim,
    ClaimChecked,
    Draft,
    DraftText,
    Event,
    Evidence,
    FollowUpUnderstood,
    Question,
    StageStarted,
    Trace,
)
from rag.points import in_order
from rag.prompt import NOT_IN_SOURCES
from rag.rephrase import FollowUpRephraser
from rag.settings import Settings
from rag.settle import settle
from rag.write import QuoteWriter

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

NEAREST_LIMIT = 3
_INNER_QUOTES = str.maketrans("“”", "‘’")
_MODEL_FOUND_NOTHING = (
    "The language model found no answer in the sources; these quotes come nearest."
)


class Answering:
    """Answers questions from one library with one set of settings."""

    def __init__(
        self, library: Library, *, settings: Settings, finder: Finder, llm: LLM | None = None
    ) -> None:
        self._library = library
        self._finder = finder
        self._settings = settings
        self._quotes = QuoteWriter(answer_words=settings.answer_words)
        self._connecting = threading.Lock()
        self._llm = llm
        self._given = llm is not None  # and so not ours to close

    def events(
        self, question: Question, *, exclude: Collection[str], earlier: Sequence[Answer] = ()
    ) -> Generator[Event]:
        """Every stage of answering, ending with the answer.

        A follow-up comes as the rules understood it; `earlier` are the answers it goes on from.
        """
        clock = Clock()
        if question.is_follow_up:
            question = yield from self._understood(question, earlier, clock)
            yield FollowUpUnderstood(question=question)
        yield StageStarted(stage="searching", message="searching")
        with clock.stage("search"):
            hits = searched(question, lambda: self._finder.candidates(question, exclude=exclude))
        yield StageStarted(stage="reading", message=f"reading {_count(len(hits), 'passage')}")
        with clock.stage("read"):
            read = self._finder.read(question, hits)
        with clock.stage("evidence"):
            ranked = self._finder.rank(question, read)
            found = best_evidence(ranked, limit=None)
            evidence = in_order(question, found)[:EVIDENCE_LIMIT]
            documents = {entry.document.id: entry.document for entry in read}
        answerable = found[0].score if found else 0.0
        if answerable < self._settings.abstention_threshold or not evidence:
            answer = self._refusal(question, evidence, documents)
            yield AnswerReady(answer=replace(answer, trace=self._trace(answer, clock, answerable)))
            return
        yield StageStarted(stage="writing", message="writing")
        with clock.stage("write"):
            quoted = _last_draft(self._quotes.write(question, evidence, documents))
            written, notices = yield from self._written(question, evidence, documents)
        yield StageStarted(stage="checking", message="checking each claim against its source")
        with clock.stage("check"):
            checked, notices = self._check(written, quoted, documents, notices)
            differing = differences(question, checked.claims, evidence, ranked, documents)
        for claim in checked.claims:
            yield ClaimChecked(claim=claim)
        answer = Answer(
            question=question,
            claims=checked.claims,
            sources=_sources(checked.claims),
            disagreements=differing,
            notices=notices,
        )
        trace = self._trace(answer, clock, answerable, draft=written or quoted, checked=checked)
        yield AnswerReady(answer=replace(answer, trace=trace))

    def close(self) -> None:
        """End the embedded model, if it runs; a model handed in is left as it is."""
        with self._connecting:
            if self._llm is not None and not self._given:
                close(self._llm)

    @property
    def _model_leads(self) -> bool:
        """Whether a capable model writes; the embedded one only phrases."""
        return self._settings.resolved_writer in {"endpoint", "given"}

    def _understood(
        self, question: Question, earlier: Sequence[Answer], clock: Clock
    ) -> Generator[Event, None, Question]:
        """The follow-up as a capable model phrases it, if there is one; else as it is."""
        if not self._model_leads:
            return question
        yield StageStarted(stage="understanding", message="understanding the question")
        with clock.stage("understand"):
            try:
                rephraser = FollowUpRephraser(self._connected(), settings=self._settings)
                return rephraser.rephrased(question, earlier)
            except ModelError:  # an address that cannot be one; writing will say so
                return question

    def _written(
        self,
        question: Question,
        evidence: tuple[Evidence, ...],
        documents: Mapping[str, Document],
    ) -> Generator[Event, None, tuple[Draft | None, tuple[str, ...]]]:
        """What the language model writes, if there is one; its failure becomes a notice."""
        if self._settings.resolved_writer == "quotes":
            return None, ()
        draft = None
        try:
            writer = ModelWriter(self._connected(), settings=self._settings)
            for piece in writer.write(question, evidence, documents):
                if isinstance(piece, Draft):
                    draft = piece
                else:
                    yield DraftText(text=piece)
        except ModelError as error:
            return None, (f"{error} The answer is made of quotes instead.",)
        return draft, ()

    def _connected(self) -> LLM:
        with self._connecting:
            self._llm = self._llm or connect(self._settings)
            return self._llm

    def _check(
        self,
        written: Draft | None,
        quoted: Draft,
        documents: Mapping[str, Document],
        notices: tuple[str, ...],
    ) -> tuple[Checked, tuple[str, ...]]:
        quotes = check(quoted, documents)
        if written is None:
            return quotes, notices
        if NOT_IN_SOURCES in written.text:
            return quotes, (*notices, _MODEL_FOUND_NOTHING)
        model = check(
            written,
            documents,
            keep_unsupported=self._settings.keep_unsupported,
            reader=self._finder.reader,
        )
        shown, notice = settle(model, quotes, model_leads=self._model_leads)
        return shown, (*notices, notice) if notice else notices

    def _refusal(
        self, question: Question, evidence: Sequence[Evidence], documents: Mapping[str, Document]
    ) -> Answer:
        # It may hold a quotation, a follow-up the question it goes on from.
        asked = question.standalone.translate(_INNER_QUOTES)
        if not self._library.passage_count:
            reason = "The library is empty: add documents first, then ask again."
        elif not evidence and not question.filters.is_empty:
            reason = (
                "No document that passes the filters could answer: widen them (outlet, tag, "
                "dates), or add documents."
            )
        elif not evidence:
            # Whatever was found only asks, or is left out of this search.
            reason = f"The documents hold nothing that could answer “{asked}”."
        else:
            reason = (
                f"The documents do not seem to answer “{asked}”. The nearest "
                "passages are listed; a document that states the answer would help."
            )
        nearest = tuple(
            citation(documents[entry.hit.passage.document_id], entry.start, entry.end)
            for entry in evidence[:NEAREST_LIMIT]
        )
        return Answer(question=question, abstained_because=reason, nearest=nearest)

    def _trace(
        self,
        answer: Answer,
        clock: Clock,
        answerable: float,
        *,
        draft: Draft | None = None,
        checked: Checked | None = None,
    ) -> Trace:
        models = {
            "embedding": self._library.embedder.model_id,
            "evidence": self._finder.reader.model_id,
        }
        if draft is not None:
            models["writer"] = draft.writer
        return Trace(
            milliseconds=clock.milliseconds,
            models=models,
            settings_fingerprint=self._settings.fingerprint,
            library_fingerprint=self._library.fingerprint,
            prompt_tokens=draft.prompt_tokens if draft else 0,
            completion_tokens=draft.completion_tokens if draft else 0,
            searched=answer.question.parts,
            answerable=answerable,
            invented_markers=checked.invented_markers if checked else 0,
            rejected=checked.rejected if checked else (),
        )


def _last_draft(pieces: Iterator[str | Draft]) -> Draft:
    drafts = [piece for piece in pieces if isinstance(piece, Draft)]
    assert len(drafts) == 1, "a writer ends with exactly one draft"
    return drafts[0]


def _sources(claims: Sequence[Claim]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(entry for claim in claims for entry in claim.citations))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
