"""`open_assistant()`: the composition root."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from index.embed import SentenceTransformerEmbedder
from index.library import open_library
from index.walk import expanded
from rag.assistant import Assistant
from rag.cross_encoder import CrossEncoderReader
from rag.evidence_weights import EVIDENCE_MODEL
from rag.given_model import with_given_model
from rag.reader import EvidenceReader
from rag.settings import SettingOptions, Settings, load_settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

DEFAULT_LIBRARY = ".pincite"
LIBRARY_VARIABLE = "PINCITE_LIBRARY"


def open_assistant(
    library: str | Path | None = None,
    *,
    create: bool = True,
    allow_model_change: bool = False,
    llm: LLM | None = None,
    **settings: Unpack[SettingOptions],
) -> Assistant:
    """Open a library and everything needed to ask it questions.

    `library` is a directory; without it, `$PINCITE_LIBRARY` or else `.pincite/` in the current
    folder. It is made if `create`. Settings are read from the library's `settings.toml`, then
    `PINCITE_*` environment variables, then the keyword arguments. Models load on first use.

    `llm`, any LlamaIndex model, writes the answers if it is given; it stays the caller's and is not
    closed. `writer` must then be left at `auto`.

    A library embedded with another model than the settings name is refused, unless
    `allow_model_change` is given in order to `rebuild` it; until then, searches and changes are
    refused.

    Raises `SettingsError`, `LibraryNotFound`, `LibraryLocked`, `LibraryUnwritable`,
    `LibraryDamaged` or `ModelMismatch`.
    """
    path = library_path(library)
    chosen = with_given_model(load_settings(path, settings), llm)
    embedder = SentenceTransformerEmbedder(
        chosen.embedding_model, precision=chosen.embedding_precision, threads=chosen.threads
    )
    reader = open_reader(chosen)  # before the library is made: a mistake in a setting makes none
    opened = open_library(
        path, embedder=embedder, create=create, allow_model_change=allow_model_change
    )
    assistant = Assistant(opened, settings=chosen, reader=reader, llm=llm, options=settings)
    # Whoever keeps the closed assistant, as a page that was served may, keeps no models with it.
    assistant.after_closing(embedder.release)
    assistant.after_closing(reader.release)
    return assistant


def open_reader(settings: Settings) -> EvidenceReader | CrossEncoderReader:
    """The model that reads passages, as the settings name it. Raises `SettingsError`."""
    precision, threads = settings.embedding_precision, settings.threads
    if settings.evidence_model == EVIDENCE_MODEL:
        return EvidenceReader(precision=precision, threads=threads)
    return CrossEncoderReader(settings.evidence_model, precision=precision, threads=threads)


def library_path(library: str | Path | None = None) -> Path:
    """The library directory that a call without further arguments would use."""
    return expanded(library or os.environ.get(LIBRARY_VARIABLE) or DEFAULT_LIBRARY)
