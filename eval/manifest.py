"""What a run can be repeated from, as far as it is known before anything is asked."""

from __future__ import annotations

import hashlib
import os
import platform
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

from eval.metrics.statistics import RESAMPLES
from eval.models import Dataset, Manifest
from index.embed import number_format
from rag.assistant import Assistant
from rag.llm import address
from rag.settings import SECRETS, Settings


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
        settings=_to_be_shown(settings),
        settings_fingerprint=settings.fingerprint,
        models={"embedding": settings.embedding_model},
        version=version("pincite"),
        code=code_fingerprint(),
        python=platform.python_version(),
        machine=machine(),
        seed=seed,
        resamples=RESAMPLES,
        limit=limit,
        retrieval_only=retrieval_only,
        evidence_removed=evidence_removed,
        baseline=baseline,
        parallel=parallel,
    )


def _to_be_shown(settings: Settings) -> dict[str, object]:
    """The settings without the key, and without a password in the endpoint's address."""
    shown = {name: v for name, v in asdict(settings).items() if name not in SECRETS}
    return shown | {"llm_base_url": address(settings) if settings.llm_base_url else None}


def machine() -> str:
    """The kind of machine, in what may change the last digits of a model's numbers.

    That is the system, the instructions that torch uses of the processor, its cores, and torch.
    """
    import torch

    kind, instructions = platform.machine(), torch.backends.cpu.get_cpu_capability()
    cores = f"{os.cpu_count()} cores"
    return f"{platform.system()} {kind}, {instructions}, {cores}, torch {version('torch')}"


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
