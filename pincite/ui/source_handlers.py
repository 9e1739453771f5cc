"""What opens in the source pane: one method for each event, and for each request of a script."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import gradio as gr

from index.errors import PinciteError
from index.models import Document, Filters, Span
from pincite.ui.chat import Visit
from pincite.ui.cited_places import Walk, walk
from pincite.ui.markup import notice
from pincite.ui.source_text import Place, cut, render_part
from pincite.ui.source_view import (
    Opened,
    empty_pane,
    render_gone,
    render_page,
    render_source,
)
from pincite.words import t
from rag import Assistant

_SLICE = 4_000_000  # bytes of an original at once


class SourceHandlers:
    """One method for each event; each only translates between components and the assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._openings = itertools.count(1)
        # A long document is asked for in many parts; a change of the library is another reading.
        self._read = lru_cache(maxsize=2)(self._read_document)

    def cite(self, visit: Visit, event: gr.EventData) -> str:
        """Open the document of a citation at the cited span."""
        way = _walk(visit, event)
        if way is None:
            return empty_pane()
        try:
            state = self._assistant.citation_state(way.citation)
            if state != "same":  # other words, marked as those that were cited, would be a lie
                return render_gone(way, state, opened=next(self._openings))
            way = replace(way, lost=self._lost(way))
            return render_source(self._opened(way.citation.document_id), way)
        except PinciteError as error:
            return notice(str(error), kind="trouble")

    def open(self, event: gr.EventData) -> str:
        """Open a document of the library at its beginning."""
        try:
            return render_source(self._opened(str(getattr(event, "document", ""))))
        except PinciteError as error:
            return notice(str(error), kind="trouble")

    def draw_part(self, asked: Sequence[object]) -> str:
        """A part of a document's text: its id, the part's number, cited places, the one shown."""
        try:
            document_id, number, places, source = asked
            opened = self._read(str(document_id), self._assistant.library.fingerprint)
            return render_part(
                opened.document,
                opened.cut,
                range(len(opened.cut.firsts))[_number(number)],
                places=_places(places),
                shown_source=None if source is None else _number(source),
                passages=opened.passages,
            )
        except PinciteError as error:
            return notice(str(error), kind="trouble")
        except (IndexError, TypeError, ValueError):  # from nobody's page
            return notice(t("There is no such part of the document."), kind="trouble")

    def draw_page(self, asked: Sequence[object]) -> str:
        """A page of a PDF as a picture: its id, the page, cited places, the one shown."""
        try:
            document_id, page, places, source = asked
            document = self._assistant.document(str(document_id))
            cited = _places(places)
            number = _number(page)
            image = self._assistant.page_image(
                document.id, page=number, spans=[Span(place.start, place.end) for place in cited]
            )
            there = [
                each
                for each, place in enumerate(cited)
                if place.source == source and number in _pages(document, place)
            ]
            return render_page(document, image, page=number, cited=there[0] if there else None)
        except PinciteError as error:
            return notice(str(error), kind="trouble")
        except (TypeError, ValueError):  # from nobody's page
            return notice(t("There is no such page of the document."), kind="trouble")

    def read_original(self, asked: Sequence[object]) -> dict[str, object]:
        """A slice of a document's original from a byte on, in Base64, and the bytes in all.

        It goes through no file and no address of its own: nothing can open it but what asked.
        """
        try:
            document_id, offset = asked
            data = self._assistant.original(str(document_id))
            start = _number(offset)
        except PinciteError as error:
            return {"trouble": str(error)}
        except (TypeError, ValueError):  # from nobody's page
            return {"trouble": t("There is no such document.")}
        return {
            "data": base64.b64encode(data[start : start + _SLICE]).decode(),
            "bytes": len(data),
        }

    def _lost(self, way: Walk) -> frozenset[int]:
        """The numbers of the citations of the document shown whose words stand no longer there."""
        return frozenset(
            number
            for number in (way.order[place] for place in way.here)
            if self._assistant.citation_state(way.citations[number]) != "same"
        )

    def _opened(self, reference: str) -> Opened:
        opened = self._read(reference, self._assistant.library.fingerprint)
        rows = self._assistant.documents(Filters(document_ids=(opened.document.id,)))
        tags = rows[0].tags if rows else ()  # which change without another reading
        return replace(
            opened,
            document=replace(opened.document, tags=tags),
            summary=rows[0] if rows else None,
            number=next(self._openings),
        )

    def _read_document(self, reference: str, fingerprint: str) -> Opened:
        del fingerprint  # what the value is remembered by
        document = self._assistant.document(reference)
        passages = self._assistant.passages(document.id)
        return Opened(document=document, cut=cut(document.text), passages=passages)


def _walk(visit: Visit, event: gr.EventData) -> Walk | None:
    """What a pressed marker names; nothing if the browser sent anything else."""
    try:
        number = _number(getattr(event, "exchange", ""))
        source = _number(getattr(event, "source", ""))
        action = "nearest" if getattr(event, "action", "") == "nearest" else "source"
        exchange = visit.exchanges[number]
        nearest = exchange.answer.nearest if exchange.answer else ()
        cited = nearest if action == "nearest" else exchange.sources
        return walk(cited, source, exchange=number, action=action)
    except (IndexError, ValueError):
        return None


def _pages(document: Document, place: Place) -> range:
    """The pages that a place reaches over."""
    first, last = document.page_at(place.start) or 1, document.page_at(place.end - 1) or 1
    return range(first, last + 1)


def _places(given: object) -> tuple[Place, ...]:
    """Cited places as a page holds them; `TypeError` or `ValueError` for anything else."""
    if not isinstance(given, list) or len(given) > 1_000:
        raise ValueError
    return tuple(Place(*map(_number, place)) for place in given)


def _number(given: object) -> int:
    number = int(str(given))
    if number < 0:
        raise ValueError
    return number
