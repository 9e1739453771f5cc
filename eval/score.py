"""Outcomes become figures: each question gives at most one value to each figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from eval.metrics import alce, answers, citations, retrieval
from eval.metrics.refusals import refusal
from eval.metrics.statistics import RESAMPLES, figure
from eval.models import Figures, Outcome, Scores

NO_TYPE = "(no type)"

# Every figure with its meaning, in the order in which reports show them.
MEANINGS: Mapping[str, str] = {
    "hit@1": "questions with a relevant document at rank 1",
    "hit@5": "questions with a relevant document among the first 5",
    "hit@10": "questions with a relevant document among the first 10",
    "recall@5": "share of the relevant documents among the first 5",
    "recall@10": "share of the relevant documents among the first 10",
    "precision@5": "share of the first 5 documents that are relevant",
    "mrr@10": "1 / rank of the first relevant document",
    "map@10": "precision at the rank of each relevant document, averaged over all of them",
    "ndcg@10": "discounted gain of the relevant documents against the best order",
    "all_evidence@10": "questions with every relevant document among the first 10",
    "contained": "answers of at most 60 words that hold the gold answer",
    "f1": "token overlap of answer and gold answer",
    "exact": "answers equal to the gold answer",
    "contained_if_answered": "the same as contained, over questions that were not refused",
    "similarity": "nearness of answer and gold answer for the embedding model: wording, not truth",
    "list_share": "share of a list's gold answers that an answer of at most 60 words holds",
    "citations_valid": "answers whose every claim is cited, marker resolves and quote is exact",
    "quotes_exact": "quotes that stand exactly at their offsets",
    "gold_support": "claims of which a quote holds the gold answer or evidence (a lower bound)",
    "gold_cited": "answers of which a quote holds the gold answer or evidence (a lower bound)",
    "gold_precision": "quotes that hold the gold answer or evidence (a lower bound)",
    "citation_recall": "claims not quoted but worded that their quotes carry, by our rules (ALCE)",
    "citation_precision": "citations of such claims that are needed, by our rules (ALCE)",
    "attribution": "claims of which a citation names a relevant document",
    "disagreement_found": "questions on which sources differ whose answer says so",
    "disagreement_invented": "questions on which none differ whose answer says so; fewer is better",
    "right_refusals": "unanswerable questions that were refused",
    "right_refusals_evidence_removed": "questions refused once their evidence was removed",
    "wrong_refusals": "answerable questions that were refused (lower is better)",
    "errors": "questions that failed (lower is better)",
}


def score(outcomes: Sequence[Outcome], *, seed: int = 0, resamples: int = RESAMPLES) -> Scores:
    """Every figure over all outcomes and by question type; the same outcomes, the same scores."""
    kinds = sorted({_kind(outcome) for outcome in outcomes})
    by_kind = {kind: [one for one in outcomes if _kind(one) == kind] for kind in kinds}

    def figures(some: Iterable[Outcome]) -> Figures:
        measured = [measure(outcome) for outcome in some]
        return {
            name: figure(values, seed=seed, resamples=resamples)
            for name in MEANINGS
            if (values := [values[name] for values in measured if name in values])
        }

    return Scores(
        overall=figures(outcomes),
        by_type={kind: figures(some) for kind, some in by_kind.items()},
        counts=_counts(outcomes),
    )


def measure(outcome: Outcome) -> dict[str, float]:
    """The figures that one outcome has a value for, by name.

    Retrieval needs relevant documents, answers need gold answers, citations need claims; a failed
    question scores zero wherever it would have scored.
    """
    values = {"errors": float(outcome.error is not None)}
    values |= _retrieval(outcome)
    if outcome.asked:
        values |= _refusals(outcome)
        if outcome.condition == "as asked":
            values |= _answers(outcome) | _citations(outcome) | _disagreement(outcome)
    return values


def _retrieval(outcome: Outcome) -> dict[str, float]:
    ranked, relevant = outcome.ranked, outcome.query.relevant
    if ranked is None or not relevant:
        return {}
    measures: dict[str, Callable[..., float]] = {
        "hit": retrieval.hit,
        "recall": retrieval.recall,
        "precision": retrieval.precision,
        "mrr": retrieval.reciprocal_rank,
        "map": retrieval.average_precision,
        "ndcg": retrieval.ndcg,
        "all_evidence": retrieval.all_evidence,
    }
    wanted = [(name, *name.split("@")) for name in MEANINGS if "@" in name]
    return {name: measures[short](ranked, relevant, k=int(k)) for name, short, k in wanted}


def _answers(outcome: Outcome) -> dict[str, float]:
    query, text = outcome.query, outcome.text
    if not query.answerable or not query.answers:
        return {}
    share = answers.contained_share(text, query.answers)
    gold = query.gold_texts
    held = answers.contained(text, query.answers)
    contained = float(share == 1.0) if query.all_answers else held
    values = {
        "contained": contained,
        "f1": answers.token_f1(text, gold),
        "exact": answers.exact_match(text, gold),
    }
    if outcome.similarity is not None:
        values["similarity"] = outcome.similarity
    if query.all_answers:
        values["list_share"] = share
    if not outcome.abstained:
        values["contained_if_answered"] = contained
    return values


def _citations(outcome: Outcome) -> dict[str, float]:
    query, claims = outcome.query, outcome.claims
    if not claims:
        return {}
    values = {
        "citations_valid": citations.validity(
            claims, unresolved_markers=outcome.unresolved_markers
        ),
        "quotes_exact": citations.exact_quotes(claims),
    }
    worded = [claim for claim in claims if claim.verdict != "quoted"]
    if worded:
        values["citation_recall"] = alce.citation_recall(worded)
        values["citation_precision"] = alce.citation_precision(worded)
    if query.answers or query.evidence:
        gold = {"answers": query.answers, "evidence": query.evidence}
        values["gold_support"] = citations.gold_support(claims, **gold)
        values["gold_cited"] = float(values["gold_support"] > 0)
        values["gold_precision"] = citations.gold_precision(claims, **gold)
    if query.answerable and query.relevant:
        values["attribution"] = citations.attribution(claims, query.relevant)
    return values


def _disagreement(outcome: Outcome) -> dict[str, float]:
    differs = outcome.query.differs
    if differs is None:
        return {}
    name = "disagreement_found" if differs else "disagreement_invented"
    return {name: float(outcome.disagreements > 0)}


def _refusals(outcome: Outcome) -> dict[str, float]:
    value = refusal(abstained=outcome.abstained, failed=outcome.error is not None)
    if outcome.condition == "evidence removed":
        return {"right_refusals_evidence_removed": value}
    return {"wrong_refusals" if outcome.query.answerable else "right_refusals": value}


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    quotes = [
        citation for outcome in outcomes for claim in outcome.claims for citation in claim.citations
    ]
    return {
        "questions": sum(outcome.condition == "as asked" for outcome in outcomes),
        "questions_with_evidence_removed": sum(
            outcome.condition == "evidence removed" for outcome in outcomes
        ),
        "asked": sum(outcome.asked for outcome in outcomes),
        "answers": sum(bool(outcome.claims) for outcome in outcomes),
        "refusals": sum(outcome.abstained for outcome in outcomes),
        "errors": sum(outcome.error is not None for outcome in outcomes),
        "claims": sum(len(outcome.claims) for outcome in outcomes),
        "quotes": len(quotes),
        "quotes_exact": sum(quote.exact for quote in quotes),
        "markers": sum(outcome.markers for outcome in outcomes),
        "markers_without_source": sum(outcome.unresolved_markers for outcome in outcomes),
        "prompt_tokens": sum(outcome.prompt_tokens for outcome in outcomes),
        "completion_tokens": sum(outcome.completion_tokens for outcome in outcomes),
        "markers_invented_and_removed": sum(outcome.invented_markers for outcome in outcomes),
    }


def _kind(outcome: Outcome) -> str:
    return outcome.query.type or NO_TYPE
