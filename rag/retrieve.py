"""A question becomes hits: searched by meaning and by words, fused, ordered, copies put behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from index.library import Library
from index.models import Passage, ScoredPassage
from rag.features import rarities
from rag.fuse import reciprocal_rank_fusion
from rag.light import Candidate, light_order
from rag.models import Hit, Question
from rag.question import answer_kind
from rag.reprints import wordings
from rag.words import content_words

# The budget of a question: one search by meaning and one by words for the whole and for each of
# its parts (at most rag.parts.PART_LIMIT), and so many candidates looked at more closely.
POOL = 100
# A part gives half as many candidates as the whole question, and they weigh half as much.
PART_SHARE = 0.5
# Among the passages to be read there is no reprint, and of one document there are at most so many,
# fewer where several views are asked for.
OF_ONE_DOCUMENT = 4
OF_ONE_DOCUMENT_LISTING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What the searches found, best first: fused scores, and BM25 values for the whole question."""

    passages: dict[str, Passage]
    fused: list[tuple[str, float]]
    words: dict[str, float]


def retrieve(
    library: Library,
    question: Question,
    *,
    candidates: int,
    limit: int,
    slots: int,
    exclude: Collection[str] = (),
) -> tuple[Hit, ...]:
    """The best `limit` passages for a question, from `candidates` of each search.

    The first `slots` of them are to be read: no copies, and not too many of one document.

    Passages whose id is in `exclude` are treated as if the library did not hold them. Scores are
    those of `rag.light` for the first `POOL` candidates, fused ranks (stage "fused") for others.
    """
    pool = search(library, question, wanted=max(candidates, limit), exclude=exclude)
    found = closer(library, question, pool)
    ordered = light_order(question, found, rarity=rarity(library, question))
    places = arranged(
        [entry for entry, _ in ordered], slots=slots, per_document=per_document(question)
    )
    first = [
        Hit(passage=ordered[place][0].passage, score=ordered[place][1], rank=rank, stage="light")
        for rank, place in enumerate(places, start=1)
    ]
    rest = [
        Hit(passage=pool.passages[name], score=score, rank=rank, stage="fused")
        for rank, (name, score) in enumerate(pool.fused[POOL:], start=len(first) + 1)
    ]
    return tuple([*first, *rest][:limit])


def search(library: Library, question: Question, *, wanted: int, exclude: Collection[str]) -> Pool:
    """At most `wanted` passages of each search for the whole question, half for each part."""
    passages: dict[str, Passage] = {}
    words: dict[str, float] = {}
    rankings: list[list[str]] = []
    for query in _queries(question):
        share = PART_SHARE if rankings else 1.0
        number = max(1, int(wanted * share))
        by_meaning = library.search_dense(
            query, limit=number + len(exclude), filters=question.filters
        )
        by_words = library.search_words(
            query, limit=number + len(exclude), filters=question.filters
        )
        if not rankings:
            words = {entry.passage.id: entry.score for entry in by_words}
        rankings += [
            _ranking(found, passages, exclude=exclude)[:number] for found in (by_meaning, by_words)
        ]
    weights = [1.0, 1.0] + [PART_SHARE] * (len(rankings) - 2)
    return Pool(
        passages=passages,
        fused=reciprocal_rank_fusion(rankings, weights=weights),
        words=words,
    )


def closer(library: Library, question: Question, pool: Pool) -> list[Candidate]:
    """The first `POOL` passages with what else is known of them."""
    chosen = [pool.passages[name] for name, _ in pool.fused[:POOL]]
    vectors = library.passage_vectors([passage.id for passage in chosen])
    heads = library.heads([passage.document_id for passage in chosen])
    # A document may have been removed since the search.
    chosen = [
        passage for passage in chosen if passage.id in vectors and passage.document_id in heads
    ]
    if not chosen:
        return []
    queries = np.stack([library.query_vector(one) for one in _queries(question)])
    rows = np.stack([vectors[passage.id] for passage in chosen])
    same = wordings(
        [passage.text for passage in chosen], [passage.document_id for passage in chosen], rows
    )
    return [
        Candidate(
            passage=passage,
            head=heads[passage.document_id],
            meaning=float(cosines.max()),
            whole=float(cosines[0]),
            words=pool.words.get(passage.id, 0.0),
            wording=chosen[first].id,
        )
        for passage, cosines, first in zip(chosen, rows @ queries.T, same, strict=True)
    ]


def arranged(candidates: Sequence[Candidate], *, slots: int, per_document: int) -> list[int]:
    """The places of the candidates, in order, once the first `slots` hold no copies.

    Of one document there are at most `per_document` among them. What is put behind keeps its order
    and follows directly.
    """
    of_document: Counter[str] = Counter()
    seen: set[str] = set()
    first: list[int] = []
    behind: list[int] = []
    for place, candidate in enumerate(candidates):
        document = candidate.passage.document_id
        is_free = candidate.wording not in seen and of_document[document] < per_document
        if is_free and len(first) < slots:
            first.append(place)
            seen.add(candidate.wording)
            of_document[document] += 1
        else:
            behind.append(place)
    return [*first, *behind]


def _queries(question: Question) -> tuple[str, ...]:
    """The whole question, then its parts if it is compound."""
    return (question.standalone, *(question.parts if len(question.parts) > 1 else ()))


def per_document(question: Question) -> int:
    """How many passages of one document may be among those to be read."""
    asks_for_views = answer_kind(question.standalone) == "list"
    return OF_ONE_DOCUMENT_LISTING if asks_for_views else OF_ONE_DOCUMENT


def rarity(library: Library, question: Question) -> dict[str, float]:
    """The weight of each of the question's stems; see `rag.features.rarities`."""
    asked = content_words(question.standalone)
    counts = library.passage_frequency(sorted(asked.values()))
    stems = {stem: counts.get(word, 0) for stem, word in asked.items()}
    return rarities(stems, passages=library.passage_count)


def _ranking(
    found: list[ScoredPassage], passages: dict[str, Passage], *, exclude: Collection[str]
) -> list[str]:
    kept = [entry.passage for entry in found if entry.passage.id not in exclude]
    passages.update((passage.id, passage) for passage in kept)
    return [passage.id for passage in kept]
