"""An answer without the words of documents that were removed from the library on purpose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from rag.models import Answer, Citation, Claim
from rag.quotes import locate

# Stands where a quote stood, and for a claim of which nothing else is left.
LEFT_OUT = "Left out, since the document was removed from the library."


def citations_of(answer: Answer) -> Iterator[Citation]:
    """Every citation of an answer, in its order; the same one may come several times."""
    yield from answer.sources
    for claim in answer.claims:
        yield from claim.citations
    yield from answer.nearest
    for disagreement in answer.disagreements:
        yield from disagreement.sides


def without_quotes(answer: Answer, gone: Callable[[Citation], bool]) -> Answer:
    """The answer with `LEFT_OUT` for the quotes that are `gone`; the same answer if none is.

    Claims that rest on nothing else go with them, and claims that repeat such a quote which no
    other citation of theirs holds. So do the statements that the check refused: what those were
    written from is not known. Places, titles and sources stay.
    """
    lost = {citation for citation in citations_of(answer) if gone(citation)}
    if not lost:
        return answer

    def kept(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        return tuple(
            replace(citation, quote=LEFT_OUT) if citation in lost else citation
            for citation in citations
        )

    return replace(
        answer,
        claims=tuple(
            replace(_kept_claim(claim, lost), citations=kept(claim.citations))
            for claim in answer.claims
        ),
        sources=kept(answer.sources),
        nearest=kept(answer.nearest),
        disagreements=tuple(
            replace(
                entry,
                point=LEFT_OUT if _repeats_any(entry.point, lost) else entry.point,
                sides=kept(entry.sides),
                superseded=kept(entry.superseded),
            )
            for entry in answer.disagreements
        ),
        trace=replace(answer.trace, rejected=()),
    )


def without_words(text: str, answer: Answer, gone: Callable[[Citation], bool]) -> str:
    """What somebody wrote of the answer; `LEFT_OUT` if it repeats a quote of it that is `gone`."""
    lost = [citation for citation in citations_of(answer) if gone(citation)]
    return LEFT_OUT if text and _repeats_any(text, lost) else text


def _kept_claim(claim: Claim, lost: Collection[Citation]) -> Claim:
    left = [citation for citation in claim.citations if citation not in lost]
    if not claim.citations or left:
        repeats_what_is_lost = _repeats_any(claim.text, lost) and not _repeats_any(claim.text, left)
        if not repeats_what_is_lost:
            return claim
    return replace(claim, text=LEFT_OUT, answer=None, speaker=None, event_date=None)


def _repeats_any(text: str, citations: Collection[Citation]) -> bool:
    """Whether the text holds one of the quotes, or stands in one, word for word."""
    return any(
        locate(inner, outer, within=(0, len(outer))) is not None
        for citation in citations
        if citation.quote != LEFT_OUT
        for inner, outer in ((text, citation.quote), (citation.quote, text))
    )
