"""Whether what an answer cited earlier still stands in the library as it was cited."""

from __future__ import annotations

from functools import lru_cache

from index.library import Library
from rag.models import Answer, Citation, CitationState
from rag.removed import LEFT_OUT, citations_of, without_quotes

# Texts kept between two questions about citations: those of one conversation come in turns.
_TEXTS_KEPT = 32


class CitationStates:
    """Compares citations with the documents of `library`; usable from several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._text_after = lru_cache(maxsize=_TEXTS_KEPT)(self._load_text)

    def of(self, citation: Citation) -> CitationState:
        """`same`: these words stand at this place of this document. `changed`: other words do, or
        another document has come from its source. `removed`: neither is in the library.
        """
        if citation.quote == LEFT_OUT:  # whatever came back since
            return "removed"
        text = self._text(citation.document_id)
        if text is not None:
            return "same" if text[citation.start : citation.end] == citation.quote else "changed"
        known = self._library.catalog.id_of_source(citation.source)
        return "removed" if known is None else "changed"

    def of_answer(self, answer: Answer) -> dict[Citation, CitationState]:
        """The state of every citation of the answer."""
        return {citation: self.of(citation) for citation in dict.fromkeys(citations_of(answer))}

    def without_removed(self, answer: Answer) -> Answer:
        """The answer without the words of documents that were removed since."""
        return without_quotes(answer, lambda citation: self.of(citation) == "removed")

    def holds(self, document_id: str) -> bool:
        """Whether the document is in the library."""
        return self._text(document_id) is not None

    def _text(self, document_id: str) -> str | None:
        return self._text_after(document_id, self._library.catalog.commits)

    def _load_text(self, document_id: str, commits: int) -> str | None:
        del commits  # what the text is remembered by: a rebuild may read a document anew
        document = self._library.catalog.document(document_id)
        return document.text if document is not None else None
