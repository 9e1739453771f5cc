"""A LlamaIndex model writes, Pincite checks, and a listener watches the stages.

    python examples/llamaindex_own_model.py

Any `LLM` of LlamaIndex can be handed in; the one below stands in for it, so that this runs offline.

Uses the library that `make demo` builds, or one named by PINCITE_LIBRARY.
"""

from __future__ import annotations

import re
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata

from rag import open_assistant
from rag.instrumentation import ClaimCheckedEvent, StageStartedEvent

QUESTION = "How many containers did the White House report?"


class Copyist(CustomLLM):
    """Copies the first source of its prompt, and then makes something up."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="copyist", context_window=4096, num_output=128)

    def complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001, FBT002, ARG002  # LlamaIndex's signature
        **kwargs: Any,  # noqa: ANN401, ARG002
    ) -> CompletionResponse:
        source = re.search(r"^\[1\] .*?”: (.*)\.", prompt, re.MULTILINE)
        copied = f"{source[1]} [1]. " if source else ""
        return CompletionResponse(text=f"{copied}The containers were painted pink [1].")

    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,  # noqa: ANN401
    ) -> CompletionResponseGen:
        # It has no pieces to give, so it gives the whole.
        yield self.complete(prompt, formatted, **kwargs)


class Watcher(BaseEventHandler):
    """Prints each stage as it begins and each claim as it passes the check."""

    def handle(self, event: BaseEvent, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        if isinstance(event, StageStartedEvent):
            print(f"... {event.message}")
        elif isinstance(event, ClaimCheckedEvent):
            print(f"    {event.claim.verdict}: {event.claim.text}")


def main() -> None:
    get_dispatcher().add_event_handler(Watcher())
    with open_assistant(create=False, llm=Copyist()) as assistant:
        response = assistant.as_query_engine().query(QUESTION)
    assert isinstance(response, Response)
    print(f"\n{response}\n")
    for source in response.source_nodes:
        metadata = source.node.metadata
        said = metadata["speaker"] or metadata["outlet"] or "somebody"
        print(f"  [{metadata['marker']}] {said}: “{source.node.get_content()}”")
    trace = (response.metadata or {})["answer"].trace
    print(f"\nWritten by {trace.models['writer']}; refused:")
    for rejection in trace.rejected:
        print(f"  {rejection.text} ({rejection.reason})")


if __name__ == "__main__":
    main()
