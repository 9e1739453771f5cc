"""Passages and citations as LlamaIndex's nodes; nothing that is known of them is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from llama_index.core.schema import NodeWithScore, TextNode

from index.models import Document
from rag.models import Answer, Citation, Claim, Hit

# Told to a language model or an embedding with the text; the rest is for programs.
_SPOKEN = frozenset({"title", "outlet", "published_at", "speaker", "event_date"})


def passage_node(hit: Hit, document: Document | None = None) -> NodeWithScore:
    """A passage with the score of its search, and what its document tells if that is given."""
    passage = hit.passage
    metadata: dict[str, Any] = {"document_id": passage.document_id}
    if document is not None:
        metadata |= {
            "title": document.title,
            "outlet": document.outlet,
            "source": document.sources[0] if document.sources else None,
            "published_at": _day(document.published_at),
        }
    return NodeWithScore(
        node=_node(passage.id, passage.text, passage.start, passage.end, metadata), score=hit.score
    )


def quote_nodes(answer: Answer) -> list[NodeWithScore]:
    """The cited quotes in the order of their markers, each with the claims that rest on it.

    `speaker` and `event_date` are there if all of these claims agree on one. The score is `None`:
    a citation is exact or it is not one.
    """
    return [
        _quote_node(number, source, [claim for claim in answer.claims if source in claim.citations])
        for number, source in enumerate(answer.sources, start=1)
    ]


def _quote_node(number: int, source: Citation, claims: list[Claim]) -> NodeWithScore:
    speakers = {claim.speaker for claim in claims}
    days = {claim.event_date for claim in claims}
    metadata = {
        "marker": number,
        "document_id": source.document_id,
        "title": source.title,
        "outlet": source.outlet,
        "source": source.source,
        "published_at": _day(source.published_at),
        "page": source.page,
        "speaker": speakers.pop() if len(speakers) == 1 else None,
        "event_date": _day(days.pop()) if len(days) == 1 else None,
        "claims": [
            {
                "text": claim.text,
                "verdict": claim.verdict,
                "answer": claim.answer,
                "speaker": claim.speaker,
                "event_date": _day(claim.event_date),
            }
            for claim in claims
        ],
    }
    identifier = f"{source.document_id}:{source.start}-{source.end}"
    return NodeWithScore(
        node=_node(identifier, source.quote, source.start, source.end, metadata), score=None
    )


def _node(identifier: str, text: str, start: int, end: int, metadata: dict[str, Any]) -> TextNode:
    unspoken = [key for key, value in metadata.items() if key not in _SPOKEN or value in (None, "")]
    return TextNode(
        id_=identifier,
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata=metadata,
        excluded_llm_metadata_keys=unspoken,
        excluded_embed_metadata_keys=unspoken,
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
