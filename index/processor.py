"""What this machine's processor offers: cores that may be used, number formats that are fast."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TypeVar

Result = TypeVar("Result")


class OneThread:
    """Computes in one thread of its own, one thing after the other.

    Two passes of a model at a time would fight over the same cores. And were each made in the
    thread that asks, C's allocator would keep the working memory of a pass for every such thread,
    of which a server has dozens.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pincite-model")
        self._ending = Lock()

    def compute(self, work: Callable[[], Result]) -> Result:
        """What `work` returns, or raises."""
        try:
            promised = self._thread.submit(work)
        except RuntimeError:  # the interpreter is ending: no thread takes new work
            with self._ending:
                return work()
        return promised.result()


def usable_cores() -> int:
    """The cores this process may use: affinity, container quota and OMP_NUM_THREADS considered."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    wished = os.environ.get("OMP_NUM_THREADS", "")
    if wished.isdigit() and int(wished) > 0:
        cores = min(cores, int(wished))
    return max(1, min(cores, _quota_cores(Path("/sys/fs/cgroup/cpu.max"), cores)))


def prepare_torch(threads: int = 0) -> None:
    """Before a model is loaded: as many threads, 0 for the usable cores; no network, no progress.

    The libraries that load models read their environment at import: to keep them off the network
    this comes before they are imported. Training, whose models lie on disk, only needs the rest.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import torch
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads or usable_cores())


def _quota_cores(quota_file: Path, cores: int) -> int:
    try:
        quota, period = quota_file.read_text(encoding="ascii").split()
        return cores if quota == "max" else int(quota) // int(period)
    except (OSError, ValueError):
        return cores


def has_bfloat16() -> bool:
    try:
        information = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in information or "amx_bf16" in information
