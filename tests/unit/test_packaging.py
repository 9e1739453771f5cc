"""What is installed is ours, pinned, complete, and light to import."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import pincite
import rag

ROOT = Path(__file__).parents[2]
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("runtime", "test", "check")}
PACKAGES = ("index", "rag", "eval", "pincite")
HEAVY = (
    "torch transformers sentence_transformers chromadb gradio llama_index openai trafilatura "
    "py3langid pypdfium2 docx pptx openpyxl striprtf xllamacpp"
)
PUBLIC = [
    "Answer",
    "AnswerReady",
    "Assistant",
    "BackupReport",
    "Citation",
    "CitationState",
    "Claim",
    "ClaimChecked",
    "Conversation",
    "Conversations",
    "Disagreement",
    "Document",
    "DocumentBytes",
    "DocumentError",
    "DocumentSummary",
    "Draft",
    "DraftText",
    "EndpointError",
    "Event",
    "Evidence",
    "FileReport",
    "Filters",
    "FollowUpUnderstood",
    "Hit",
    "IngestProgress",
    "IngestReport",
    "LibraryDamaged",
    "LibraryError",
    "LibraryLocked",
    "LibraryNotFound",
    "LibraryUnwritable",
    "ModelError",
    "ModelMismatch",
    "Passage",
    "PinciteError",
    "Question",
    "QuestionError",
    "Rejection",
    "Settings",
    "SettingsError",
    "SourceNotFound",
    "StageStarted",
    "StoredAnswer",
    "Trace",
    "UnknownConversation",
    "UnknownDocument",
    "UsageError",
    "VerifyReport",
    "WebAddress",
    "back_up_library",
    "library_path",
    "open_assistant",
    "restore_library",
]


def run_isolated(code: str, folder: Path) -> str:
    """What `code` prints in a new Python that sees installed packages only, not this folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def pins(lock: str) -> list[Requirement]:
    lines = LOCKS[lock].read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_public_names_are_these() -> None:
    assert rag.__all__ == PUBLIC
    assert pincite.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(pincite, name) is getattr(rag, name)


@pytest.mark.parametrize("name", [*PACKAGES, "app"])
def test_the_installed_module_belongs_to_pincite(name: str, tmp_path: Path) -> None:
    owners = run_isolated(
        "from importlib.metadata import packages_distributions as owners\n"
        f"print(sorted(set(owners()[{name!r}])))",
        tmp_path,
    )
    assert owners == "['pincite']"
    found = run_isolated(
        f"from importlib.util import find_spec\nprint(find_spec({name!r}).origin)", tmp_path
    )
    assert Path(found).is_relative_to(ROOT)


@pytest.mark.parametrize(
    "code",
    [
        "import rag",
        "import pincite",
        "import app",
        "import sys; sys.argv = ['pincite', '--help']\n"
        "from pincite.cli import app\n"
        "try: app()\n"
        "except SystemExit as end: assert not end.code, end.code",
    ],
    ids=["import rag", "import pincite", "import app", "pincite --help"],
)
def test_nothing_heavy_is_loaded(code: str, tmp_path: Path) -> None:
    report = f"\nimport sys; print('LOADED', sorted(set({HEAVY!r}.split()) & set(sys.modules)))"
    assert run_isolated(code + report, tmp_path).splitlines()[-1] == "LOADED []"


def test_the_command_is_installed() -> None:
    command = Path(sys.executable).with_name("pincite")
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in "add list show remove ask chat serve eval verify rebuild settings".split():
        assert re.search(rf"\b{name}\b", done.stdout), name


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_to_one_version(lock: str) -> None:
    found = pins(lock)
    assert found
    for requirement in found:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert requirement.url is None
        assert not requirement.extras


@pytest.mark.parametrize("lock", [*LOCKS, "weights"])
def test_no_requirement_names_an_index_or_a_folder(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|file:|--find-links|--index-url|--extra-index-url|^[./]", text, re.M)


def test_torch_and_what_comes_with_its_build_are_not_pinned_here() -> None:
    for lock in LOCKS:
        for requirement in pins(lock):
            assert not re.match(r"(torch|triton|nvidia-.*|cuda-.*)$", requirement.name)


def test_no_two_files_pin_the_same_package() -> None:
    names = [{canonicalize_name(pin.name) for pin in pins(lock)} for lock in LOCKS]
    assert not names[0] & names[1]
    assert not names[0] & names[2]


def test_every_declared_dependency_is_pinned_within_its_range() -> None:
    declared = pyproject()["project"]["dependencies"]
    groups = pyproject()["dependency-groups"]
    locked = pins("runtime")
    assert len(declared) > 10
    for lock, lines in (("runtime", declared), *groups.items()):
        candidates = locked + pins(lock)
        for wanted in map(Requirement, lines):
            if wanted.name == "torch":
                continue
            name = canonicalize_name(wanted.name)
            mine = [pin for pin in candidates if canonicalize_name(pin.name) == name]
            assert mine, f"{wanted} is not pinned: run make lock"
            for pin in mine:
                number = str(pin.specifier).removeprefix("==")
                assert wanted.specifier.contains(number), f"{pin} is not {wanted}: run make lock"


def test_what_is_installed_here_is_what_is_pinned() -> None:
    for pin in pins("runtime"):
        if pin.marker is None or pin.marker.evaluate():
            assert pin.specifier.contains(version(pin.name), prereleases=True), pin


def test_the_weights_are_pinned_by_hash() -> None:
    text = (ROOT / "requirements" / "weights.txt").read_text(encoding="utf-8")
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    assert len(lines) == 2
    for line in lines:
        assert re.fullmatch(r"[\w.-]+==[\d.]+(\s+--hash=sha256:[0-9a-f]{64})+", line.strip()), line


def test_the_licence_is_the_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_a_wheel_holds_every_file_of_the_packages_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("app.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    for name in ("tests", "training", "examples", "docs"):
        (source / name).mkdir()
        (source / name / "left_out.py").touch()
    expected = {"app.py"} | {
        str(path.relative_to(source))
        for name in PACKAGES
        for path in (source / name).rglob("*")
        if path.is_file()
    }
    arguments = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", tmp_path, source]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("pincite-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == expected
