"""Whatever is wrong with what a person gives: one clear sentence, and the library as it was.

Each case comes in through Python and through the real command; the page has its own tests.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import rag
from index.sniff import READABLE

from .misbehaving_server import MisbehavingServer

ROOT = Path(__file__).parents[2]
QUESTION = "What does tea cost in the harbour?"
KEY = "secret-key-of-the-test"
# What lets root pass over permissions is taken away from a process and all that it starts.
AS_ANYONE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
BAD_FILES = {
    "empty.txt": (b"", "skipped", "is empty: save or download it again, then add it."),
    "broken.pdf": (
        b"%PDF-1.7\nno object follows\n%%EOF",
        "failed",
        "cannot be read as PDF: it is damaged or incomplete; download or export it again.",
    ),
    "binary.txt": (
        bytes(range(256)) * 20,
        "skipped",
        "is a binary file of no format that Pincite reads: save what it holds as PDF, DOCX, XLSX"
        " or text.",
    ),
    "picture.txt": (
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        "skipped",
        f"is a PNG image by its content: {READABLE}",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A library of two notes in `folder`."""

    folder: Path

    @property
    def library(self) -> Path:
        return self.folder / "library"

    def open(self, **settings: object) -> rag.Assistant:
        options = {"abstention_threshold": 0.0} | settings
        return rag.open_assistant(self.library, **options)  # type: ignore[arg-type]

    def run(self, *command: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with these settings in the environment."""
        return subprocess.run(
            list(map(str, command)),
            check=False, capture_output=True, text=True, env=self.environment(**settings),
        )  # fmt: skip

    def environment(self, **settings: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "PINCITE" not in name}
        given = {
            "PYTHONPATH": str(ROOT),
            "PINCITE_LIBRARY": str(self.library),
            "PINCITE_ABSTENTION_THRESHOLD": "0",
        }
        return kept | given | settings


PINCITE = (sys.executable, "-m", "pincite")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    made = Scene(folder=tmp_path_factory.mktemp("bad-input"))
    (made.folder / "tea.txt").write_text("Tea costs three coins a cup in the harbour.", "utf-8")
    (made.folder / "coffee.txt").write_text("Coffee is out until the ship returns.", "utf-8")
    (made.folder / "new.txt").write_text("This was never added.", "utf-8")
    with made.open() as assistant:
        assistant.add(made.folder / "tea.txt", made.folder / "coffee.txt")
    return made


@pytest.fixture(autouse=True)
def nothing_lost(scene: Scene) -> Iterator[None]:
    """Whatever a test does, the library holds what it held, and its indexes agree."""
    with scene.open() as assistant:
        before = assistant.documents()
    yield
    with scene.open() as assistant:
        assert assistant.documents() == before
        assert len(before) == 2
        assert assistant.verify().problems == ()


def assert_told(
    done: subprocess.CompletedProcess[str], *, kind: type[rag.PinciteError], words: str
) -> None:
    """The command ended with one line on stderr; stdout is empty, or one object that agrees."""
    (sentence,) = re.findall(r"\AError: ([^\n]+)\n\Z", done.stderr)
    assert re.search(words, sentence), sentence
    assert sentence.endswith(".")
    assert done.returncode == (2 if issubclass(kind, rag.UsageError) else 1)
    if "--json" in done.args:
        assert json.loads(done.stdout) == {"error": {"type": kind.__name__, "message": sentence}}
    else:
        assert done.stdout == ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing that cannot be done, asked for in two ways; `words` is what must be said."""

    kind: type[rag.PinciteError]
    words: str
    python: Callable[[rag.Assistant], object]
    terminal: Sequence[str]


REQUESTS = {
    "an empty question": Request(
        kind=rag.QuestionError,
        words=r"^The question is empty: type what you want to know\.$",
        python=lambda assistant: assistant.ask(" \n"),
        terminal=["ask", " \n"],
    ),
    "a question of 10,000 characters": Request(
        kind=rag.QuestionError,
        words=r"^The question has 10,000 characters; at most 2,000 are read\. Shorten it",
        python=lambda assistant: assistant.ask("x" * 10_000),
        terminal=["ask", "x" * 10_000],
    ),
    "a path that does not exist, behind one that does": Request(
        kind=rag.SourceNotFound,
        words=r"missing\.txt does not exist: check the path\. Nothing was added\.$",
        python=lambda assistant: assistant.add("new.txt", "missing.txt"),
        terminal=["add", "new.txt", "missing.txt"],
    ),
    "an empty path, which is not the current folder": Request(
        kind=rag.SourceNotFound,
        words=r"^A path is empty: name a file or a folder\. Nothing was added\.$",
        python=lambda assistant: assistant.add("new.txt", ""),
        terminal=["add", "new.txt", ""],
    ),
    "a path that no system can have": Request(
        kind=rag.SourceNotFound,
        words=r"(too long|null byte).*check its permissions and spelling\. Nothing was added\.$",
        python=lambda assistant: assistant.add("new.txt", "a\0b"),
        terminal=["add", "new.txt", "x" * 5_000],
    ),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_what_cannot_be_asked_or_added(
    scene: Scene, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scene.folder)
    with scene.open() as assistant, pytest.raises(request_.kind, match=request_.words) as caught:
        request_.python(assistant)
    assert type(caught.value) is request_.kind
    for options in ([], ["--json"]):
        done = scene.run(*PINCITE, *request_.terminal, *options)
        assert_told(done, kind=request_.kind, words=request_.words)


def test_files_that_are_no_documents(scene: Scene, tmp_path: Path) -> None:
    expected = {}
    for name, (data, status, reason) in BAD_FILES.items():
        (tmp_path / name).write_bytes(data)
        expected[name] = (status, f"{name} {reason}", None)
    with scene.open() as assistant:
        report = assistant.add(tmp_path)
    assert {
        Path(file.path).name: (file.status, file.reason, file.document_id) for file in report.files
    } == expected
    done = scene.run(*PINCITE, "add", tmp_path, "--json")
    assert {
        Path(row["path"]).name: (row["status"], row["reason"], row["document_id"])
        for row in json.loads(done.stdout)["files"]
    } == expected
    assert (done.returncode, done.stderr) == (1, "")
    printed = scene.run(*PINCITE, "add", tmp_path)
    shown = " ".join(printed.stdout.split())
    assert all(reason in shown for _, reason, _ in expected.values())
    assert (printed.returncode, printed.stderr) == (1, "")


@contextmanager
def held(scene: Scene) -> Iterator[int]:
    """A `pincite chat` that has the library, by its process number."""
    with subprocess.Popen(
        [*PINCITE, "chat"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=scene.environment(),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert "2 documents in" in process.stdout.readline()
        yield process.pid
        process.stdin.write(f"{QUESTION}\n")
        process.stdin.close()
        assert "Tea costs three coins" in process.stdout.read()


def test_a_library_that_another_process_has(scene: Scene) -> None:
    with held(scene) as owner:
        words = (
            rf"^The library {scene.library} is in use by process {owner} \(pincite chat\): "
            "ask through that one, close it, or choose another library"
        )
        with pytest.raises(rag.LibraryLocked, match=words):
            scene.open()
        for arguments in (["ask", QUESTION], ["add", scene.folder / "new.txt", "--json"]):
            done = scene.run(*PINCITE, *arguments)
            assert_told(done, kind=rag.LibraryLocked, words=words)


def test_a_library_of_another_embedding_model(scene: Scene, tiny_model: Path) -> None:
    words = (
        r"was embedded with all-MiniLM-L6-v2 \(384 numbers a passage\), but the settings name "
        r"(tiny@\w+) \(32\): set embedding_model to all-MiniLM-L6-v2, or embed the library again "
        rf"with \1: `pincite rebuild --library {scene.library}`\.$"
    )
    with pytest.raises(rag.ModelMismatch, match=words):
        scene.open(embedding_model=str(tiny_model))
    done = scene.run(
        *PINCITE, "add", scene.folder / "new.txt", "--json", PINCITE_EMBEDDING_MODEL=str(tiny_model)
    )
    assert_told(done, kind=rag.ModelMismatch, words=words)


def test_a_library_of_a_model_that_has_no_name_but_a_place(
    tmp_path: Path, tiny_model: Path
) -> None:
    rag.open_assistant(tmp_path / "library", embedding_model=str(tiny_model)).close()
    words = "set embedding_model to the path of that model's folder, tiny, or embed"
    with pytest.raises(rag.ModelMismatch, match=words):
        rag.open_assistant(tmp_path / "library")


@pytest.fixture(scope="module")
def permitted() -> tuple[str, ...]:
    """What a command begins with so that permissions apply to it: nothing, except for root."""
    if os.geteuid() != 0:
        return ()
    try:
        subprocess.run([*AS_ANYONE, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"permissions do not bind root, and root cannot be bound here: {error}")
    return AS_ANYONE


OPENING = """
import sys
from rag import LibraryUnwritable, open_assistant
try:
    open_assistant(sys.argv[1])
except LibraryUnwritable as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("place", "mode", "words"),
    [
        (
            "new",
            0o500,
            r"folder \S+/new cannot be made \(Permission denied\): choose a folder that",
        ),
        ("library", 0o500, r"library \S+ cannot be written \(Permission denied\): free some space"),
        (
            "library",
            0o600,
            r"settings\.toml cannot be read \(Permission denied\): make the library",
        ),
        ("library/originals", 0o000, r"originals cannot be written \(Permission denied\): free"),
        ("library/lock", 0o400, r"library \S+ cannot be locked \(Permission denied\): make the"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_a_library_where_one_may_not_write(
    scene: Scene, permitted: tuple[str, ...], place: str, mode: int, words: str
) -> None:
    path, library = scene.folder / place, str(scene.folder / place.split("/", maxsplit=1)[0])
    bound = path if path.exists() else path.parent
    before = bound.stat().st_mode
    bound.chmod(mode)
    try:
        python = scene.run(*permitted, sys.executable, "-c", OPENING, library)
        added = [*PINCITE, "add", scene.folder / "new.txt", "--library", library, "--json"]
        done = scene.run(*permitted, *added)
    finally:
        bound.chmod(before)
    assert re.search(words, python.stdout), python.stdout + python.stderr
    assert_told(done, kind=rag.LibraryUnwritable, words=words)
    assert done.stderr == f"Error: {python.stdout}"


def test_a_wrong_key_leaves_quotes_and_a_notice_without_the_key(scene: Scene) -> None:
    with MisbehavingServer("wrong_key") as server:
        address = server.base_url
        with scene.open(llm_base_url=address, llm_model="m", llm_api_key=KEY) as assistant:
            answer = assistant.ask(QUESTION)
        settings = {
            "PINCITE_LLM_BASE_URL": address,
            "PINCITE_LLM_MODEL": "m",
            "PINCITE_LLM_API_KEY": KEY,
        }
        done = scene.run(*PINCITE, "ask", QUESTION, "--json", **settings)
    assert len(server.requests) == 2
    assert answer.notices == (
        f"The language model at {address} refused the key (status 401): set PINCITE_LLM_API_KEY to "
        "the key of that server. The answer is made of quotes instead.",
    )
    assert "Tea costs three coins" in answer.sources[0].quote
    told = json.loads(done.stdout)
    assert told["notices"] == list(answer.notices)
    assert done.stderr == f"Note: {answer.notices[0]}\n"
    quotes = [source.quote for source in answer.sources]
    assert [source["quote"] for source in told["sources"]] == quotes
    assert done.returncode == 0
    assert KEY not in repr(answer) + done.stdout + done.stderr
