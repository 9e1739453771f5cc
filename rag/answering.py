"""The way of a question: hits, evidence, draft, checked claims, answer. Nothing reaches back."""

from __future__ import annotations

import threading
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.filtering import why_nothing_passes
from index.library import Library
from index.models import Document
from rag.cite import Checked, check, citation
from rag.clock import Clock
from rag.compare import differences
from rag.finder import Finder
from rag.found import Found, all_documents, all_evidence, quoted
from rag.gather import Gatherer
from rag.llm import close, connect
from rag.model_writer import ModelWriter
from rag.models import (
    Answer,
    AnswerReady,
    Citation,
    Claim,
    ClaimChecked,
    Disagreement,
    Draft,
    DraftText,
    Event,
    Evidence,
    FollowUpUnderstood,
    Question,
    StageStarted,
    Trace,
)
from rag.prompt import NOT_IN_SOURCES
from rag.rephrase import FollowUpRephraser
from rag.settings import Settings
from rag.settle import settle

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
        self._gatherer = Gatherer(finder, settings=settings)
        self._settings = settings
        self._connecting = threading.Lock()
        self._llm = llm
        self._given = llm is not None  # and so not ours to close
        self._under_way = 0
        self._retired = False

    def events(
        self, question: Question, *, exclude: Collection[str], earlier: Sequence[Answer] = ()
    ) -> Generator[Event]:
        """Every stage of answering, ending with the answer.

        A follow-up comes as the rules understood it; `earlier` are the answers it goes on from.
        """
        with self.kept():
            yield from self._stages(question, exclude=exclude, earlier=earlier)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Inside the block this is not closed by `retire`: more is to be asked of it."""
        with self._connecting:
            self._under_way += 1
        try:
            yield
        finally:
            with self._connecting:
                self._under_way -= 1
            if self._retired:
                self.retire()

    def _stages(
        self, question: Question, *, exclude: Collection[str], earlier: Sequence[Answer]
    ) -> Generator[Event]:
        clock = Clock()
        if question.is_follow_up:
            question = yield from self._understood(question, earlier, clock)
            yield FollowUpUnderstood(question=question)
        found = yield from self._gatherer.found(question, exclude=exclude, clock=clock)
        answered = self._gatherer.answered(found)
        answerable = max(part.answerable for part in found)
        if not answered:
            answer = self._refusal(question, found)
            yield AnswerReady(answer=replace(answer, trace=self._trace(answer, clock, answerable)))
            return
        evidence, documents = all_evidence(answered), all_documents(answered)
        yield StageStarted(stage="writing", message="writing")
        with clock.stage("write"):
            quotes = quoted(answered, answer_words=self._settings.answer_words)
            written, notices = yield from self._written(question, evidence, documents)
        yield StageStarted(stage="checking", message="checking each claim against its source")
        with clock.stage("check"):
            checked, notices = self._check(written, quotes, documents, notices)
            differing = tuple(
                difference
                for part in answered
                for difference in differences(
                    part.question,
                    _resting_on(part, checked.claims),
                    part.evidence,
                    part.figures,
                    part.documents,
                )
            )
        for claim in checked.claims:
            yield ClaimChecked(claim=claim)
        answer = Answer(
            question=question,
            claims=checked.claims,
            sources=_sources(checked.claims, differing),
            disagreements=differing,
            unanswered=tuple(part.question.standalone for part in found if part not in answered),
            notices=notices,
        )
        trace = self._trace(answer, clock, answerable, draft=written or quotes, checked=checked)
        yield AnswerReady(answer=replace(answer, trace=trace))

    def close(self) -> None:
        """End the embedded model, if it runs; a model handed in is left as it is."""
        with self._connecting:
            if self._llm is not None and not self._given:
                close(self._llm)
                self._llm = None

    def retire(self) -> None:
        """Close as soon as nobody asks it any more: others take the place of this one."""
        self._retired = True
        if not self._under_way:
            self.close()

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

    def _refusal(self, question: Question, found: Sequence[Found]) -> Answer:
        evidence, documents = all_evidence(found), all_documents(found)
        # It may hold a quotation, a follow-up the question it goes on from.
        asked = question.standalone.translate(_INNER_QUOTES)
        if not self._library.passage_count:
            reason = "The library is empty: add documents first, then ask again."
        elif not evidence and not question.filters.is_empty:
            reason = (
                why_nothing_passes(question.filters, self._library.documents)
                or "No document that passes the filters could answer: widen them, or add documents."
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


def _resting_on(part: Found, claims: Sequence[Claim]) -> list[Claim]:
    """The claims that cite what was found for this part of the question."""
    places = {(entry.hit.passage.document_id, entry.start, entry.end) for entry in part.evidence}
    return [
        claim
        for claim in claims
        if any((one.document_id, one.start, one.end) in places for one in claim.citations)
    ]


def _sources(claims: Sequence[Claim], differing: Sequence[Disagreement]) -> tuple[Citation, ...]:
    cited = [entry for claim in claims for entry in claim.citations]
    return tuple(dict.fromkeys([*cited, *(side for one in differing for side in one.sides)]))
