"""A plain LlamaIndex program that searches and asks a Pincite library.

    python examples/llamaindex_program.py

Uses the library that `make demo` builds, or one named by PINCITE_LIBRARY.
"""

from __future__ import annotations

from llama_index.core.base.response.schema import Response

from rag import open_assistant

QUESTION = "what does North Korea want in return?"


def main() -> None:
    with open_assistant(create=False) as assistant:
        print("Passages:")
        for found in assistant.as_retriever(limit=3).retrieve(QUESTION):
            print(f"  {found.score:.4f}  {found.node.metadata['title']}")

        response = assistant.as_query_engine().query(QUESTION)
        assert isinstance(response, Response)
        print(f"\n{response}\n")
        for source in response.source_nodes:
            place = f"{source.node.metadata['outlet'] or 'outlet unknown'}"
            print(f"  [{source.node.metadata['marker']}] {place}: {source.node.get_content()}")


if __name__ == "__main__":
    main()
