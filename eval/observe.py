"""One question put to the assistant becomes one outcome; a failure is an outcome too."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import Protocol

from eval.corpus import Names
from eval.metrics.citations import markers, unresolved, without_markers
from eval.metrics.retrieval import first_places
from eval.metrics.similarity import similarity
from eval.models import (
    CitationOutcome,
    ClaimOutcome,
    Condition,
    Observation,
    Outcome,
    Query,
)
from index.embed import Embedder
from index.errors import UnknownDocument
from index.models import Document, Filters
from rag.models import Answer, Citation, Hit
from rag.settings import Settings

DEPTH = 10
# Passages asked for when those that a question is usually answered from hold too few documents.
_MORE_PASSAGES = 200


class Answerer(Protocol):
    """What questions are put to: an `Assistant`, or a plain alternative in its place."""

    @property
    def settings(self) -> Settings: ...

    def search(self, query: str, *, limit: int, asked_on: date | None) -> tuple[Hit, ...]: ...

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None,
        asked_on: date | None,
        exclude: Collection[str],
    ) -> Answer: ...

    def document(self, document_id: str) -> Document: ...


class Observer:
    """Puts questions to one assistant; may be used from several threads at once.

    With an `embedder`, answers are compared with gold answers by meaning too.
    """

    def __init__(
        self, assistant: Answerer, names: Names, *, embedder: Embedder | None = None
    ) -> None:
        self._assistant = assistant
        self._names = names
        self._embedder = embedder

    def observe(self, query: Query, *, retrieval_only: bool = False) -> Observation:
        """What is found for a question and, where that can be scored, what is answered."""
        begun = Outcome(query=self._canonical(query), ranked=(), asked=False)
        found = _guarded(self._with_ranking, Observation(outcome=begun))
        if retrieval_only or query.answerable is None:
            return found
        asked = replace(found, outcome=self._compared(replace(found.outcome, asked=True)))
        return _guarded(self._with_answer, asked)

    def observe_answer(self, query: Query, *, filters: Filters | None = None) -> Outcome:
        """What is answered from the documents the filters allow, without a look at the ranking."""
        begun = Observation(outcome=self._compared(Outcome(query=self._canonical(query))))
        return _guarded(lambda before: self._with_answer(before, filters=filters), begun).outcome

    def observe_without(self, query: Query, passages: Collection[str]) -> Observation:
        """What is answered while the passages with these ids are withheld."""
        condition: Condition = "evidence removed"
        outcome = Outcome(query=self._canonical(query), condition=condition, withheld=len(passages))
        asked = _guarded(
            lambda before: self._answered(before, exclude=passages), Observation(outcome=outcome)
        )
        # Times are those of questions as they were asked.
        return replace(asked, milliseconds={})

    def _canonical(self, query: Query) -> Query:
        named = dict.fromkeys(self._names.canonical(name) for name in query.relevant)
        return replace(query, relevant=tuple(named))

    def _with_ranking(self, before: Observation) -> Observation:
        candidates, query = self._assistant.settings.candidates, before.outcome.query
        begun = perf_counter()
        ranked = self._ranked(query, limit=candidates)
        took = {"search": _milliseconds_since(begun)}
        if len(ranked) < DEPTH and candidates < _MORE_PASSAGES:
            ranked = first_places([*ranked, *self._ranked(query, limit=_MORE_PASSAGES)])
        outcome = replace(before.outcome, ranked=ranked[:DEPTH])
        return replace(before, outcome=outcome, milliseconds=took)

    def _ranked(self, query: Query, *, limit: int) -> tuple[str, ...]:
        hits = self._assistant.search(query.question, limit=limit, asked_on=query.asked_on)
        return first_places([self._names.name(hit.passage.document_id) for hit in hits])

    def _with_answer(self, before: Observation, *, filters: Filters | None = None) -> Observation:
        begun = perf_counter()
        answered = self._answered(before, filters=filters)
        took = {**before.milliseconds, "ask": _milliseconds_since(begun), **answered.milliseconds}
        return replace(answered, outcome=self._compared(answered.outcome), milliseconds=took)

    def _compared(self, outcome: Outcome) -> Outcome:
        """The outcome with the similarity of its text, which is 0 before there is any."""
        gold = outcome.query.gold_texts
        if self._embedder is None or not gold:
            return outcome
        return replace(outcome, similarity=similarity(outcome.text, gold, embedder=self._embedder))

    def _answered(
        self,
        before: Observation,
        *,
        filters: Filters | None = None,
        exclude: Collection[str] = (),
    ) -> Observation:
        query = before.outcome.query
        answer = self._assistant.ask(
            query.question, filters=filters, asked_on=query.asked_on, exclude=exclude
        )
        claims = tuple(
            ClaimOutcome(
                text=claim.text,
                verdict=claim.verdict,
                citations=tuple(self._checked(citation) for citation in claim.citations),
            )
            for claim in answer.claims
        )
        shown = _shown(answer)
        outcome = replace(
            before.outcome,
            abstained=answer.abstained,
            abstained_because=answer.abstained_because,
            probability=round(answer.trace.answerable, 6),
            text=without_markers(" ".join(claim.text for claim in claims)),
            claims=claims,
            markers=len(markers(shown)),
            unresolved_markers=unresolved(shown, len(answer.sources)),
            invented_markers=answer.trace.invented_markers,
            disagreements=len(answer.disagreements),
            prompt_tokens=answer.trace.prompt_tokens,
            completion_tokens=answer.trace.completion_tokens,
            notices=answer.notices,
        )
        stages = {
            f"ask: {stage}": spent
            for stage, spent in answer.trace.milliseconds.items()
            if stage != "total"
        }
        return replace(before, outcome=outcome, milliseconds=stages, models=answer.trace.models)

    def _checked(self, citation: Citation) -> CitationOutcome:
        try:
            text = self._assistant.document(citation.document_id).text
        except UnknownDocument:
            text = ""
        exact = bool(citation.quote) and text[citation.start : citation.end] == citation.quote
        return CitationOutcome(
            document=self._names.name(citation.document_id),
            start=citation.start,
            end=citation.end,
            quote=citation.quote,
            exact=exact,
        )


def _guarded(step: Callable[[Observation], Observation], before: Observation) -> Observation:
    try:
        return step(before)
    except Exception as error:  # noqa: BLE001  # whatever fails, the run goes on and says so
        sentence = f"{type(error).__name__}: {error}"
        earlier = f"{before.outcome.error} " if before.outcome.error else ""
        return replace(before, outcome=replace(before.outcome, error=earlier + sentence))


def _milliseconds_since(begun: float) -> float:
    return (perf_counter() - begun) * 1000.0


def _shown(answer: Answer) -> str:
    """What a reader sees of an answer's markers, and of the text that a model wrote.

    A bracket in a quotation is the source's; a refusal's reason cites nothing.
    """
    return " ".join(
        f"{'' if claim.verdict == 'quoted' else claim.text} {answer.markers(claim)}"
        for claim in answer.claims
    )
