"""What a run can be repeated from, as far as it is known before anything is asked."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

from eval.metrics.statistics import RESAMPLES
from eval.models import Dataset, Manifest
from index.embed import number_format
from rag.assistant import Assistant
from rag.settings import SECRETS


def make_manifest(
    dataset: Dataset,
    assistant: Assistant,
    *,
    seed: int,
    limit: int | None,
    retrieval_only: bool,
    evidence_removed: bool,
    baseline: str | None,
    parallel: int,
) -> Manifest:
    """The manifest without the models that answers name, and without notes."""
    settings = assistant.settings
    # "auto" would not say what was measured: that depends on the machine.
    precision = number_format(settings.embedding_model, settings.embedding_precision)
    settings = replace(settings, embedding_precision=precision)
    documents = sorted(document.id for document in assistant.documents())
    return Manifest(
        dataset=dataset.name,
        dataset_fingerprint=dataset.fingerprint,
        corpus_fingerprint=dataset.corpus_fingerprint,
        library_fingerprint=hashlib.sha256("\n".join(documents).encode()).hexdigest(),
        documents=len(documents),
        settings={name: v for name, v in asdict(settings).items() if name not in SECRETS},
        settings_fingerprint=settings.fingerprint,
        models={"embedding": settings.embedding_model},
        version=version("pincite"),
        code=code_fingerprint(),
        python=platform.python_version(),
        seed=seed,
        resamples=RESAMPLES,
        limit=limit,
        retrieval_only=retrieval_only,
        evidence_removed=evidence_removed,
        baseline=baseline,
        parallel=parallel,
    )


def code_fingerprint() -> str:
    """Sixteen hexadecimal digits over the source of index, rag and eval, prompts included."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in ("index", "rag", "eval"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".md"}:
                digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
