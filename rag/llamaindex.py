"""Adapters out: a Pincite assistant as LlamaIndex's retriever and query engine."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from index.errors import UnknownDocument
from index.models import Filters
from rag.instrumentation import told_by_engine
from rag.nodes import passage_node, quote_nodes

if TYPE_CHECKING:
    from rag.assistant import Assistant


class PinciteRetriever(BaseRetriever):
    """Passages as nodes; `start_char_idx` and `end_char_idx` are offsets into the document.

    At most `limit` passages, best first, each with the score of the stage that ranked it: scores
    compare only within one retrieval. `filters` and `asked_on` as for `Assistant.search`. Raises
    `QuestionError` for an unusable query.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        limit: int = 8,
        filters: Filters | None = None,
        asked_on: date | None = None,
    ) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._assistant = assistant
        self._limit = limit
        self._filters = filters
        self._asked_on = asked_on

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._assistant.search(
            query_bundle.query_str,
            limit=self._limit,
            filters=self._filters,
            asked_on=self._asked_on,
        )
        found = []
        for hit in hits:
            # A document may be removed between the search and this.
            with suppress(UnknownDocument):
                found.append(passage_node(hit, self._assistant.document(hit.passage.document_id)))
        return found

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class PinciteQueryEngine(BaseQueryEngine):
    """Checked answers; every source node is a cited quote, in the order of the markers.

    `str(response)` is the answer's text with its markers, `response.metadata["answer"]` the whole
    `Answer`. A refusal has no source nodes. `filters` and `asked_on` as for `Assistant.ask`. Raises
    `QuestionError` for an unusable question.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        filters: Filters | None = None,
        asked_on: date | None = None,
    ) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._assistant = assistant
        self._filters = filters
        self._asked_on = asked_on

    def _query(self, query_bundle: QueryBundle) -> Response:
        with told_by_engine():
            answer = self._assistant.ask(
                query_bundle.query_str, filters=self._filters, asked_on=self._asked_on
            )
        return Response(
            response=answer.text, source_nodes=quote_nodes(answer), metadata={"answer": answer}
        )

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}
