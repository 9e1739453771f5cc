"""Adapters out: a Pincite assistant as LlamaIndex's retriever and query engine."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.errors import UnknownDocument
from index.models import Document
from rag.models import Citation, Hit

if TYPE_CHECKING:
    from rag.assistant import Assistant


class PinciteRetriever(BaseRetriever):
    """Passages as nodes; `start_char_idx` and `end_char_idx` are offsets into the document."""

    def __init__(self, assistant: Assistant, *, limit: int = 8) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._assistant = assistant
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = []
        for hit in self._assistant.search(query_bundle.query_str, limit=self._limit):
            # A document may be removed between the search and this.
            with suppress(UnknownDocument):
                document = self._assistant.document(hit.passage.document_id)
                found.append(_passage_node(hit, document))
        return found


class PinciteQueryEngine(BaseQueryEngine):
    """Checked answers; every source node is a cited quote, in the order of the markers.

    `response.metadata["answer"]` is the whole `Answer`.
    """

    def __init__(self, assistant: Assistant) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._assistant = assistant

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self._assistant.ask(query_bundle.query_str)
        return Response(
            response=answer.text,
            source_nodes=[
                _quote_node(number, entry) for number, entry in enumerate(answer.sources)
            ],
            metadata={"answer": answer},
        )

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


def _quote_node(number: int, entry: Citation) -> NodeWithScore:
    node = TextNode(
        id_=f"{entry.document_id}:{entry.start}-{entry.end}",
        text=entry.quote,
        start_char_idx=entry.start,
        end_char_idx=entry.end,
        metadata={
            "marker": number + 1,
            "document_id": entry.document_id,
            "title": entry.title,
            "outlet": entry.outlet,
            "source": entry.source,
            "published_at": entry.published_at.isoformat() if entry.published_at else None,
            "page": entry.page,
        },
    )
    return NodeWithScore(node=node, score=None)


def _passage_node(hit: Hit, document: Document) -> NodeWithScore:
    node = TextNode(
        id_=hit.passage.id,
        text=hit.passage.text,
        start_char_idx=hit.passage.start,
        end_char_idx=hit.passage.end,
        metadata=_metadata(document),
    )
    return NodeWithScore(node=node, score=hit.score)


def _metadata(document: Document) -> dict[str, Any]:
    return {
        "document_id": document.id,
        "title": document.title,
        "outlet": document.outlet,
        "source": document.sources[0] if document.sources else None,
        "published_at": document.published_at.isoformat() if document.published_at else None,
    }
