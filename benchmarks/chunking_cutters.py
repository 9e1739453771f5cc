"""Ways of cutting a text into chunks: ours, llama-index's and windows of a fixed size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from index.chunk import chunk
from index.embed import Embedder
from index.models import Span
from index.sentences import sentences

if TYPE_CHECKING:
    from tiktoken import Encoding

Cutter = Callable[[str], Sequence[Span]]


def cutters(sizes: Sequence[int], embedder: Embedder) -> Mapping[str, Cutter]:
    """All of them by name, ours first."""
    return {**_ours(sizes, embedder), **_llama_index(), **_windows()}


def _ours(sizes: Sequence[int], embedder: Embedder) -> Mapping[str, Cutter]:
    """Our chunker at several limits, in tokens of the embedding model."""
    special = embedder.count_tokens([""])[0]

    def count(texts: Sequence[str]) -> list[int]:
        return [tokens - special for tokens in embedder.count_tokens(texts)]

    def cutter(limit: int) -> Cutter:
        return lambda text: [
            Span(found.start, found.end)
            for found in chunk(text, sentences(text, None), count_tokens=count, limit=limit)
        ]

    return {f"Pincite, at most {limit} tokens": cutter(limit) for limit in sizes}


def _llama_index() -> Mapping[str, Cutter]:
    """llama-index's SentenceSplitter: as it comes, and at sizes near ours."""
    from llama_index.core import Document
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import TextNode

    def cutter(splitter: SentenceSplitter) -> Cutter:
        def cut(text: str) -> list[Span]:
            spans: list[Span] = []
            for node in splitter.get_nodes_from_documents([Document(text=text)]):
                assert isinstance(node, TextNode)
                assert node.start_char_idx is not None
                spans.append(Span(node.start_char_idx, node.start_char_idx + len(node.text)))
                assert text[spans[-1].start : spans[-1].end] == node.text
            return spans

        return cut

    return {
        "SentenceSplitter, 1,024 tokens, overlap 200 (default)": cutter(SentenceSplitter()),
        **{
            f"SentenceSplitter, {size} tokens, overlap {overlap}": cutter(
                SentenceSplitter(chunk_size=size, chunk_overlap=overlap)
            )
            for size, overlap in ((400, 0), (200, 0), (200, 100))
        },
    }


def _windows() -> Mapping[str, Cutter]:
    """Every 200 tokens, wherever they end."""

    def cut(text: str) -> list[Span]:
        encoding = cl100k()
        _, offsets = encoding.decode_with_offsets(encoding.encode(text, disallowed_special=()))
        edges = [*offsets[::200], len(text)]
        return [Span(*pair) for pair in pairwise(edges)]

    return {"fixed window, 200 tokens": cut}


@cache
def cl100k() -> Encoding:
    """The tokenizer of the published sizes, which llama-index carries."""
    import tiktoken
    from llama_index.core.utils import get_tokenizer

    get_tokenizer()  # tells tiktoken where the file lies, so that nothing is fetched
    return tiktoken.get_encoding("cl100k_base")
