"""LlamaIndex as its first page of documentation uses it: its splitter, its vector index.

A `VectorStoreIndex` over the cleaned texts of a library, each with its title as metadata, cut by a
`SentenceSplitter` at its defaults, and embedded with the library's own model. The one thing that
differs from the defaults is what finds the ends of sentences: theirs comes with data that it may
fetch from the network, ours does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from llama_index.core import Document as LlamaDocument
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import PrivateAttr

from index.embed import Embedder
from index.models import Document, Passage, ScoredPassage
from index.sentences import sentences

_AT_ONCE = 256  # chunks given to the embedding model together, which sorts them by length


class LlamaIndexSearch:
    """Nearest chunks by meaning, as LlamaIndex finds them. Embeds all documents when made."""

    def __init__(self, documents: Sequence[Document], *, embedder: Embedder) -> None:
        index = VectorStoreIndex.from_documents(
            [
                LlamaDocument(text=one.text, id_=one.id, metadata={"title": one.title})
                for one in documents
            ],
            transformations=[SentenceSplitter(chunking_tokenizer_fn=_sentences)],
            embed_model=_Embedding(embedder),
        )
        self._index = index

    def __call__(self, query: str, *, limit: int) -> list[ScoredPassage]:
        """At most `limit` chunks, best first; scores are cosines."""
        found = self._index.as_retriever(similarity_top_k=limit).retrieve(query)
        return [_scored(entry) for entry in found]


class _Embedding(BaseEmbedding):
    """The library's embedding model as LlamaIndex asks for one."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(model_name=embedder.model_id, embed_batch_size=_AT_ONCE)
        self._embedder = embedder

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._embedder.embed(texts).tolist()
        return rows

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def _sentences(text: str) -> list[str]:
    """The whole text in pieces, each from the beginning of a sentence to that of the next."""
    starts = [0, *(span.start for span in sentences(text)[1:]), len(text)]
    return [text[start:end] for start, end in pairwise(starts)]


def _scored(entry: NodeWithScore) -> ScoredPassage:
    node: Any = entry.node
    assert isinstance(node, TextNode)
    assert node.ref_doc_id is not None
    start, end = node.start_char_idx, node.end_char_idx
    assert start is not None
    assert end is not None
    passage = Passage(
        id=node.node_id, document_id=node.ref_doc_id, start=start, end=end, text=node.text
    )
    return ScoredPassage(passage=passage, score=float(entry.score or 0.0))
