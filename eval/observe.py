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
from eval.models import CitationOutcome, ClaimOutcome, Condition, Outcome, Query
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
    """Puts questions to one assistant and keeps the times apart from the outcomes.

    `milliseconds` collects the wall-clock time of every search and every answer as asked, and of
    each stage of the answer (`ask: read`); `models` the models that the answers name. With an
    `embedder`, answers are compared with gold answers by meaning too.
    """

    def __init__(
        self, assistant: Answerer, names: Names, *, embedder: Embedder | None = None
    ) -> None:
        self._assistant = assistant
        self._names = names
        self._embedder = embedder
        self.milliseconds: dict[str, list[float]] = {"search": [], "ask": []}
        self.models: dict[str, str] = {}

    def observe(self, query: Query, *, retrieval_only: bool = False) -> Outcome:
        """What is found for a question and, where that can be scored, what is answered."""
        outcome = Outcome(query=self._canonical(query), ranked=(), asked=False)
        outcome = self._guarded(self._with_ranking, outcome)
        if retrieval_only or query.answerable is None:
            return outcome
        return self._guarded(self._with_answer, self._compared(replace(outcome, asked=True)))

    def observe_answer(self, query: Query, *, filters: Filters | None = None) -> Outcome:
        """What is answered from the documents the filters allow, without a look at the ranking."""
        outcome = self._compared(Outcome(query=self._canonical(query)))
        return self._guarded(lambda before: self._with_answer(before, filters=filters), outcome)

    def observe_without(self, query: Query, passages: Collection[str]) -> Outcome:
        """What is answered while the passages with these ids are withheld."""
        condition: Condition = "evidence removed"
        outcome = Outcome(query=self._canonical(query), condition=condition, withheld=len(passages))
        return self._guarded(lambda before: self._answered(before, exclude=passages), outcome)

    def _canonical(self, query: Query) -> Query:
        named = dict.fromkeys(self._names.canonical(name) for name in query.relevant)
        return replace(query, relevant=tuple(named))

    def _guarded(self, step: Callable[[Outcome], Outcome], outcome: Outcome) -> Outcome:
        try:
            return step(outcome)
        except Exception as error:  # noqa: BLE001  # whatever fails, the run goes on and says so
            sentence = f"{type(error).__name__}: {error}"
            before = f"{outcome.error} " if outcome.error else ""
            return replace(outcome, error=before + sentence)

    def _with_ranking(self, outcome: Outcome) -> Outcome:
        candidates = self._assistant.settings.candidates
        begun = perf_counter()
        ranked = self._ranked(outcome.query, limit=candidates)
        self.milliseconds["search"].append((perf_counter() - begun) * 1000.0)
        if len(ranked) < DEPTH and candidates < _MORE_PASSAGES:
            ranked = first_places([*ranked, *self._ranked(outcome.query, limit=_MORE_PASSAGES)])
        return replace(outcome, ranked=ranked[:DEPTH])

    def _ranked(self, query: Query, *, limit: int) -> tuple[str, ...]:
        hits = self._assistant.search(query.question, limit=limit, asked_on=query.asked_on)
        return first_places([self._names.name(hit.passage.document_id) for hit in hits])

    def _with_answer(self, outcome: Outcome, *, filters: Filters | None = None) -> Outcome:
        begun = perf_counter()
        answered = self._answered(outcome, filters=filters)
        self.milliseconds["ask"].append((perf_counter() - begun) * 1000.0)
        return self._compared(answered)

    def _compared(self, outcome: Outcome) -> Outcome:
        """The outcome with the similarity of its text, which is 0 before there is any."""
        gold = outcome.query.gold_texts
        if self._embedder is None or not gold:
            return outcome
        return replace(outcome, similarity=similarity(outcome.text, gold, embedder=self._embedder))

    def _answered(
        self, outcome: Outcome, *, filters: Filters | None = None, exclude: Collection[str] = ()
    ) -> Outcome:
        query = outcome.query
        answer = self._assistant.ask(
            query.question, filters=filters, asked_on=query.asked_on, exclude=exclude
        )
        self.models.update(answer.trace.models)
        if outcome.condition == "as asked":
            for stage, spent in answer.trace.milliseconds.items():
                if stage != "total":
                    self.milliseconds.setdefault(f"ask: {stage}", []).append(spent)
        claims = tuple(
            ClaimOutcome(
                text=claim.text,
                verdict=claim.verdict,
                citations=tuple(self._checked(citation) for citation in claim.citations),
            )
            for claim in answer.claims
        )
        shown = _shown(answer)
        return replace(
            outcome,
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


def _shown(answer: Answer) -> str:
    """What a reader sees of an answer's markers, and of the text that a model wrote.

    A bracket in a quotation is the source's; a refusal's reason cites nothing.
    """
    return " ".join(
        f"{'' if claim.verdict == 'quoted' else claim.text} {answer.markers(claim)}"
        for claim in answer.claims
    )
