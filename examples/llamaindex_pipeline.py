"""Pincite's retriever as one part of a LlamaIndex pipeline that is otherwise not Pincite's.

    python examples/llamaindex_pipeline.py

The passages are Pincite's; a response synthesizer of LlamaIndex lets a language model write from
them. Nobody checks what that model writes: for checked answers see llamaindex_own_model.py.

Uses the library that `make demo` builds, or one named by PINCITE_LIBRARY.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.postprocessor import LongContextReorder
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode

from rag import Filters, open_assistant

QUESTION = "How many containers did the White House report?"
AUTUMN = Filters(published_from=date(2023, 9, 1), published_until=date(2023, 12, 31))


class Opener(CustomLLM):
    """Stands in for a real model, so that this runs offline: it repeats how its sources begin."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="opener", context_window=4096, num_output=128)

    def complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001, FBT002, ARG002  # LlamaIndex's signature
        **kwargs: Any,  # noqa: ANN401, ARG002
    ) -> CompletionResponse:
        sources = prompt.split("---------------------")[1]
        text = [line for line in sources.splitlines() if line and ": " not in line]
        return CompletionResponse(text=f"It begins: {' '.join(text)[:150]}…")

    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,  # noqa: ANN401
    ) -> CompletionResponseGen:
        # It has no pieces to give, so it gives the whole.
        yield self.complete(prompt, formatted, **kwargs)


def main() -> None:
    with open_assistant(create=False) as assistant:
        engine = RetrieverQueryEngine.from_args(
            assistant.as_retriever(limit=5, filters=AUTUMN),
            llm=Opener(),
            node_postprocessors=[LongContextReorder()],
            response_mode=ResponseMode.COMPACT,
        )
        response = engine.query(QUESTION)
        print(f"{response}\n")
        for source in response.source_nodes:
            metadata = source.node.metadata
            print(f"  {source.score:.3f}  {metadata['published_at']}  {metadata['title']}")


if __name__ == "__main__":
    main()
