"""pip inside `.venv`: quiet, logged, repeatable after an interruption."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import time

from advice import ROOT, SetupFailure, explain

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "setup.log"


def install(*arguments: str) -> None:
    """`pip install`, its output in the log; raises `SetupFailure` with what to do."""
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", *arguments]
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {shlex.join(command)}\n")
        log.flush()
        beginning = log.tell()
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT)
        try:
            code = _wait(process, beginning)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if code != 0:
        output = _logged(beginning)
        tail = "\n".join(f"    {line}" for line in output.splitlines()[-12:])
        raise SetupFailure(f"{explain(output)}\n\nThe end of {LOG}:\n{tail}")


def sweep() -> None:
    """Removes the records of packages whose installation was cut off, so that pip repeats it.

    pip writes `INSTALLER` and `RECORD` after a package's other files, and renames what it
    replaces to `~name`.
    """
    for site in VENV.glob("lib/python*/site-packages"):
        for record in site.glob("*.dist-info"):
            if not ((record / "INSTALLER").is_file() and (record / "RECORD").is_file()):
                shutil.rmtree(record)
        for left_over in site.glob("~*"):
            shutil.rmtree(left_over, ignore_errors=True)


def answer(code: str) -> str | None:
    """What `code` prints under the Python of `.venv`, or None if that fails."""
    try:
        done = subprocess.run(
            [str(PYTHON), "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _wait(process: subprocess.Popen[bytes], beginning: int) -> int:
    """Waits, saying what pip is at: on one line of a terminal, else every thirty seconds."""
    started = told = time.monotonic()
    terminal = sys.stdout.isatty()
    while True:
        try:
            code = process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if terminal or now - told >= 30:
                told = now
                line = f"      {now - started:4.0f} s  {_doing(_logged(beginning))}"[:79]
                print(f"\r{line:<79}" if terminal else line, end="" if terminal else "\n")
                sys.stdout.flush()
        else:
            if terminal:
                print(f"\r{'':<79}\r", end="", flush=True)
            return code


def _doing(output: str) -> str:
    steps = re.findall(r"^ *((?:Downloading|Collecting|Installing|Preparing) .*)$", output, re.M)
    return re.sub(r"\S*/", "", steps[-1]) if steps else ""


def _logged(beginning: int) -> str:
    """What was logged since, less pip's remarks on folders of packages that do not exist."""
    with LOG.open("rb") as log:
        log.seek(beginning)
        lines = log.read().decode(errors="replace").splitlines()
    return "\n".join(line for line in lines if not re.search(r"Location .* is ignored", line))
