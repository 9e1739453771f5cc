"""The command `pincite` as people and programs use it: real library, real model, real processes."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from pincite.cli import app
from rag import open_assistant
from rag.render import from_json, json_schema

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / "examples" / "articles"
HOME_QUESTION = "what does North Korea want in return?"
HEAVY = ("torch", "sentence_transformers", "chromadb", "gradio", "llama_index", "openai", "pandas")
NEUTRAL = {
    name: None
    for name in os.environ
    if name.startswith("PINCITE_") or name in {"FORCE_COLOR", "NO_COLOR", "COLUMNS"}
}


def pincite(*arguments: str | Path, stdin: str | bytes = "", **environment: str) -> Result:
    """Run a command in this process; never with an exception that escaped."""
    result = CliRunner(env=NEUTRAL | environment).invoke(
        app, [str(argument) for argument in arguments], input=stdin
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "pincite", *map(str, arguments)]


def surroundings(**extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NEUTRAL}
    return kept | {"PYTHONPATH": str(ROOT)} | extra


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the example articles; tests read it and change nothing."""
    path = tmp_path_factory.mktemp("terminal") / "library"
    result = pincite("add", ARTICLES, "--library", path, "--tag", "examples", "--json")
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture
def small(tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of two short notes over a tiny model; tests may change it."""
    monkeypatch.setenv("PINCITE_EMBEDDING_MODEL", str(tiny_model))
    monkeypatch.delitem(NEUTRAL, "PINCITE_EMBEDDING_MODEL", raising=False)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "tea.txt").write_text("Tea costs three coins a cup in the harbour.", "utf-8")
    (notes / "coffee.txt").write_text("Coffee is sold out until the ship returns.", "utf-8")
    path = tmp_path / "library"
    assert pincite("add", notes, "--library", path).exit_code == 0
    return path


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["--version"], []])
def test_help_is_quick_because_nothing_heavy_is_imported(arguments: list[str]) -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from pincite.cli import app; "
        f"result = CliRunner().invoke(app, {arguments!r}); "
        f"print(result.exit_code, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env=surroundings(),
    )
    assert found.stdout == "0 []\n", found.stderr


def test_add_tells_what_became_of_every_file(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "tea.txt").write_text("Tea costs three coins a cup.", "utf-8")
    (notes / "again.txt").write_text("Tea costs three coins a cup.", "utf-8")
    (notes / "empty.txt").touch()
    (notes / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (notes / "binary.txt").write_bytes(bytes(range(256)) * 20)
    result = pincite("add", notes, "--library", tmp_path / "library", "--json")
    report = json.loads(result.stdout)
    files = report.pop("files")
    assert report == {"stopped": False, "left": 0}
    assert all(set(row) == {"path", "status", "document_id", "reason"} for row in files)
    rows = {Path(row["path"]).name: row for row in files}
    assert set(rows) == {path.name for path in notes.iterdir()}
    assert rows["broken.pdf"]["status"] == "failed"
    assert {rows["tea.txt"]["status"], rows["again.txt"]["status"]} == {"added", "duplicate"}
    for name in ("empty.txt", "binary.txt"):
        assert rows[name]["status"] in {"skipped", "failed"}
    for row in files:
        assert (row["status"] in {"skipped", "failed"}) <= bool(row["reason"])
    assert result.exit_code == 1


def test_add_for_people_puts_failures_and_reasons_first(tmp_path: Path) -> None:
    (tmp_path / "tea.txt").write_text("Tea costs three coins a cup.", "utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    result = pincite(
        "add", tmp_path / "tea.txt", tmp_path / "broken.pdf", "--library", tmp_path / "library"
    )
    lines = result.stdout.splitlines()
    assert lines[0] == "Failed (1)"
    assert "cannot be read as PDF" in result.stdout
    assert any(re.match(r"2 files: 1 added, 1 failed \(1 passage in ", line) for line in lines)
    assert result.stderr == ""
    assert result.exit_code == 1


def test_adding_twice_changes_nothing(small: Path) -> None:
    notes = small.parent / "notes"
    result = pincite("add", notes, "--library", small, "--json")
    assert [row["status"] for row in json.loads(result.stdout)["files"]] == ["unchanged"] * 2
    assert result.exit_code == 0


def test_list_shows_every_document_whole_to_a_program(library: Path) -> None:
    documents = json.loads(pincite("list", "--library", library, "--json").stdout)["documents"]
    assert len(documents) == len(list(ARTICLES.iterdir()))
    assert all(entry["tags"] == ["examples"] for entry in documents)
    text = pincite("list", "--library", library).stdout
    for entry in documents:
        assert re.search(rf"^{entry['id'][:8]}.*{re.escape(entry['title'])}", text, re.MULTILINE)


def test_the_library_may_be_named_by_the_environment(library: Path) -> None:
    named = pincite("list", "--json", PINCITE_LIBRARY=str(library))
    assert named.stdout == pincite("list", "--json", "--library", library).stdout


def test_show_gives_the_text_that_offsets_refer_to(library: Path) -> None:
    (first, *_) = json.loads(pincite("list", "--library", library, "--json").stdout)["documents"]
    result = pincite("show", first["id"][:8], "--passages", "--json", "--library", library)
    shown = json.loads(result.stdout)
    text = shown["document"]["text"]
    assert len(text) == first["characters"]
    assert len(shown["passages"]) == first["passages"]
    for passage in shown["passages"]:
        assert text[passage["start"] : passage["end"]] == passage["text"]
    readable = pincite("show", first["sources"][0], "--library", library).stdout
    assert first["title"] in readable
    assert text.splitlines()[-1] in readable


def test_remove_erases_all_or_nothing(small: Path) -> None:
    tea = str(small.parent / "notes" / "tea.txt")
    refused = pincite("remove", tea, "nothing-like-it", "--library", small, "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["type"] == "UnknownDocument"
    assert len(json.loads(pincite("list", "--library", small, "--json").stdout)["documents"]) == 2
    removed = json.loads(pincite("remove", tea, "--library", small, "--json").stdout)["removed"]
    (left,) = json.loads(pincite("list", "--library", small, "--json").stdout)["documents"]
    assert len(removed) == 1
    assert left["id"] != removed[0]


def test_verify_and_rebuild_keep_a_library_sound(small: Path) -> None:
    assert "2 documents, 2 passages" in pincite("verify", "--library", small).stdout
    assert pincite("rebuild", "--library", small).exit_code == 0
    report = json.loads(pincite("verify", "--library", small, "--json").stdout)
    assert report == {"sound": True, "documents": 2, "passages": 2, "problems": []}


def test_ask_prints_exactly_one_answer_that_agrees_with_python(library: Path) -> None:
    result = pincite("ask", HOME_QUESTION, "--library", library, "--json")
    payload = json.loads(result.stdout)
    jsonschema.validate(payload, json_schema())
    answer = from_json(payload)
    assert answer.sources
    with open_assistant(library, create=False) as assistant:
        same = assistant.ask(HOME_QUESTION)
        for citation in answer.sources:
            text = assistant.document(citation.document_id).text
            assert text[citation.start : citation.end] == citation.quote
    assert (same.claims, same.sources, same.text) == (answer.claims, answer.sources, answer.text)
    assert result.stderr == ""
    assert result.exit_code == 0


def test_an_answer_for_people_names_outlet_date_and_quote(library: Path) -> None:
    answer = from_json(
        json.loads(pincite("ask", HOME_QUESTION, "--library", library, "--json").stdout)
    )
    printed = " ".join(pincite("ask", HOME_QUESTION, "--library", library).stdout.split())
    for number, source in enumerate(answer.sources, start=1):
        date = source.published_at.isoformat() if source.published_at else "date unknown"
        outlet = source.outlet or "outlet unknown"
        quote = " ".join(source.quote.split())
        assert f"[{number}] “{quote}” {outlet} · {date} · {source.title}" in printed


def test_a_refusal_gives_its_reason_and_what_came_nearest(library: Path) -> None:
    arguments = ["ask", HOME_QUESTION, "--library", library]
    strict = {"PINCITE_ABSTENTION_THRESHOLD": "1.0"}
    result = pincite(*arguments, **strict)
    payload = json.loads(pincite(*arguments, "--json", **strict).stdout)
    assert result.exit_code == 0
    assert result.stdout.startswith("No answer. ")
    assert payload["abstained_because"] in " ".join(result.stdout.split())
    assert result.stdout.count("\n• “") == len(payload["nearest"]) > 0


def test_the_question_may_come_from_stdin(library: Path) -> None:
    piped = pincite("ask", "-", "--library", library, "--json", stdin=f"{HOME_QUESTION}\n")
    assert json.loads(piped.stdout)["question"]["text"] == HOME_QUESTION


def test_filters_choose_the_documents_that_are_read(library: Path) -> None:
    def cited(*options: str) -> list[dict[str, Any]]:
        result = pincite("ask", HOME_QUESTION, "--library", library, "--json", *options)
        payload = json.loads(result.stdout)
        found: list[dict[str, Any]] = payload["sources"] + payload["nearest"]
        return found

    assert {entry["outlet"] for entry in cited("--outlet", "Civic Signal")} == {"Civic Signal"}
    dated = cited("--from", "2023-09-10", "--until", "2023-09-30")
    assert dated
    assert all("2023-09-10" <= entry["published_at"] <= "2023-09-30" for entry in dated)
    assert cited("--tag", "examples")
    assert not cited("--tag", "absent")


def test_a_setting_may_be_given_for_one_question(library: Path) -> None:
    def fingerprint(*options: str) -> str:
        result = pincite("ask", HOME_QUESTION, "--library", library, "--json", *options)
        return str(json.loads(result.stdout)["trace"]["settings_fingerprint"])

    with open_assistant(library, create=False, passages=3, writer="quotes") as assistant:
        expected = assistant.settings.fingerprint
    assert fingerprint("--passages", "3", "--writer", "quotes") == expected
    assert fingerprint("--limit", "3", "--writer", "quotes") == expected
    assert fingerprint() != expected


def test_an_endpoint_that_is_down_leaves_quotes_and_a_notice(library: Path) -> None:
    environment = {"PINCITE_LLM_BASE_URL": "http://127.0.0.1:9/v1", "PINCITE_LLM_MODEL": "none"}
    result = pincite("ask", HOME_QUESTION, "--library", library, "--json", **environment)
    payload = json.loads(result.stdout)
    assert result.exit_code == 0
    assert payload["sources"]
    assert "http://127.0.0.1:9/v1" in payload["notices"][0]
    assert result.stderr == f"Note: {payload['notices'][0]}\n"


def test_chat_answers_line_after_line_until_exit(library: Path) -> None:
    lines = f"{HOME_QUESTION}\n\n{'x' * 3000}\n{HOME_QUESTION}\nexit\nnever read\n"
    result = pincite("chat", "--no-store", "--library", library, stdin=lines)
    answer = pincite("ask", HOME_QUESTION, "--library", library).stdout
    assert result.stdout.count(answer) == 2
    assert re.fullmatch(r"Error: The question has 3,000 characters.*\n", result.stderr)
    assert result.exit_code == 0


def test_chat_goes_on_from_what_was_said_until_a_new_conversation(library: Path) -> None:
    lines = f"{HOME_QUESTION}\nand Russia?\nwhy?\n/new\nand Russia?\n"
    result = pincite("chat", "--library", library, stdin=lines)
    understood = re.findall(r"^Understood as: (.*)$", result.stdout, re.MULTILINE)
    assert understood == [
        "what does Russia want in return?",
        "what does Russia want in return, and why?",
    ]
    greeting, rest = result.stdout.split("\n\n", 1)
    assert "/new begins a new conversation" in " ".join(greeting.split())
    before, after = rest.split("A new conversation.\n")
    assert pincite("ask", "and Russia?", "--library", library).stdout in after
    asked = pincite("ask", "what does Russia want in return?", "--library", library).stdout
    assert f"Understood as: what does Russia want in return?\n{asked}" in before
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "kind", "sentence"),
    [
        (["ask", ""], 2, "QuestionError", "The question is empty"),
        (["ask", "x" * 10_000], 2, "QuestionError", "10,000 characters"),
        (["ask", "tea?", "--from", "yesterday"], 2, "BadParameter", "such as 2026-11-21"),
        (["ask", "tea?", "--from", "2024-02-02", "--until", "2024-02-01"], 2, "UsageError", "ends"),
        (["ask", "tea?", "--passages", "51"], 2, "BadParameter", "less than or equal to 50"),
        (["ask", "tea?", "--writer", "poet"], 2, "BadParameter", "'poet' is not one of 'auto'"),
        (["ask", "tea?", "--bogus"], 2, "NoSuchOption", "--bogus. See pincite ask --help."),
        (["ask"], 2, "MissingParameter", "Missing argument 'QUESTION'. See pincite ask --help."),
        (["show", "zzz"], 2, "UnknownDocument", "zzz"),
        (["add", "no/such/path"], 2, "SourceNotFound", "no/such/path"),
        (["settings", "pasages"], 2, "SettingsError", "Did you mean passages?"),
        (["settings", "passages", "900"], 2, "SettingsError", "between 1 and 50"),
        (["settings", "passages", "many"], 2, "SettingsError", "'many'"),
        (["settings", "llm_api_key", "k"], 2, "SettingsError", "PINCITE_LLM_API_KEY"),
        (["settings", "--unset"], 2, "UsageError", "--unset takes the name"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_an_error_is_one_sentence_and_one_json_object(
    small: Path, arguments: list[str], code: int, kind: str, sentence: str
) -> None:
    result = pincite(*arguments, "--library", small)
    assert result.exit_code == code
    assert result.stdout == ""
    assert re.fullmatch(r"Error: [^\n]+\n", result.stderr)
    assert sentence in result.stderr
    as_json = pincite(*arguments, "--library", small, "--json")
    error = json.loads(as_json.stdout)["error"]
    assert error["type"] == kind
    assert sentence in error["message"]
    assert as_json.exit_code == code


def test_an_unknown_command_is_met_with_the_nearest_one() -> None:
    result = pincite("lst")
    assert result.exit_code == 2
    assert (
        result.stderr == "Error: No such command 'lst'. Did you mean 'list'? See pincite --help.\n"
    )


@pytest.mark.parametrize(
    "name",
    ["list", "show x", "ask x", "remove x", "verify", "rebuild", "chat", "conversations list"],
)
def test_a_missing_library_is_an_error_and_is_not_made(tmp_path: Path, name: str) -> None:
    absent = tmp_path / "absent"
    result = pincite(*name.split(), "--library", absent)
    assert result.exit_code == 1
    assert f"There is no library at {absent}" in result.stderr
    assert not absent.exists()


def test_a_library_cannot_be_made_where_a_file_stands(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Tea costs three coins.", "utf-8")
    result = pincite("add", note, "--library", note)
    assert result.exit_code == 1
    assert str(note) in result.stderr
    assert note.read_text("utf-8") == "Tea costs three coins."


def test_another_model_than_the_librarys_is_refused(small: Path, library: Path) -> None:
    result = pincite("ask", "tea?", "--library", library, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["type"] == "ModelMismatch"


def test_a_locked_library_names_the_process_that_holds_it(small: Path) -> None:
    with open_assistant(small, create=False):
        found = subprocess.run(
            command("list", "--library", small, "--json"),
            check=False,
            capture_output=True,
            text=True,
            env=surroundings(PINCITE_EMBEDDING_MODEL=os.environ["PINCITE_EMBEDDING_MODEL"]),
        )
    assert found.returncode == 1
    error = json.loads(found.stdout)["error"]
    assert error["type"] == "LibraryLocked"
    assert f"process {os.getpid()}" in error["message"]
    assert found.stderr == f"Error: {error['message']}\n"


def test_settings_are_written_checked_and_kept_in_their_place(small: Path) -> None:
    file = small / "settings.toml"
    file.write_text("# mine\npassages = 4\ncandidates = 20  # few\n", "utf-8")
    assert pincite("settings", "passages", "11", "--library", small).exit_code == 0
    assert file.read_text("utf-8") == "# mine\npassages = 11\ncandidates = 20  # few\n"
    assert pincite("settings", "passages", "0", "--library", small).exit_code == 2
    assert pincite("settings", "keep_unsupported", "yes", "--library", small).exit_code == 0
    assert pincite("settings", "candidates", "--unset", "--library", small).exit_code == 0
    assert file.read_text("utf-8") == "# mine\npassages = 11\nkeep_unsupported = true\n"
    assert [path.name for path in small.glob("settings*")] == ["settings.toml"]


def test_settings_tell_where_each_value_comes_from(small: Path) -> None:
    (small / "settings.toml").write_text("passages = 4\ncandidates = 20\n", "utf-8")
    environment = {"PINCITE_CANDIDATES": "30", "PINCITE_LLM_API_KEY": "very-secret"}
    result = pincite("settings", "--library", small, "--json", **environment)
    rows = {row["name"]: row for row in json.loads(result.stdout)["settings"]}
    origins = {name: (row["value"], row["origin"]) for name, row in rows.items()}
    assert origins["passages"] == (4, "settings.toml")
    assert origins["candidates"] == (30, "environment")
    assert origins["writer"] == ("auto", "default")
    assert origins["llm_api_key"] == ("********", "environment")
    assert rows["passages"]["default"] == 10
    readable = pincite("settings", "--library", small, **environment)
    assert "very-secret" not in result.output + readable.output
    assert "passages = 4  (settings.toml; default 10)" in readable.stdout


def test_settings_may_be_written_before_there_is_a_library(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert pincite("settings", "writer", "quotes", "--library", library).exit_code == 0
    assert pincite("list", "--library", library).exit_code == 1
    (tmp_path / "tea.txt").write_text("Tea costs three coins a cup.", "utf-8")
    assert pincite("add", tmp_path / "tea.txt", "--library", library).exit_code == 0


def test_a_broken_settings_file_is_named_and_kept(small: Path) -> None:
    file = small / "settings.toml"
    file.write_text("passages = [", "utf-8")
    for arguments in (["settings"], ["settings", "passages", "3"], ["ask", "tea?"]):
        result = pincite(*arguments, "--library", small)
        assert result.exit_code == 2
        assert f"{file} is not valid TOML" in result.stderr
    assert file.read_text("utf-8") == "passages = ["


def test_text_from_documents_and_names_cannot_command_the_terminal(tmp_path: Path) -> None:
    hostile = tmp_path / "\x1b[31mname[bold]\udcff.txt"
    hostile.write_text("Tea costs [red]three[/red] coins a cup in the harbour.", "utf-8")
    empty = tmp_path / "empty\x1b[5m.txt"
    empty.touch()
    library = tmp_path / "library"
    added = pincite("add", hostile, empty, "--library", library)
    listed = pincite("list", "--library", library)
    (entry,) = json.loads(pincite("list", "--library", library, "--json").stdout)["documents"]
    shown = pincite("show", entry["id"], "--library", library)
    assert "[red]three[/red] coins" in shown.stdout
    assert "name[bold]" in shown.stdout
    for result in (added, listed, shown):
        assert "\x1b" not in result.output
        assert "\x07" not in result.output


def test_eval_run_reports_the_figures_as_json(tmp_path: Path, library: Path) -> None:
    questions = ROOT / "eval" / "data"
    result = pincite(
        "eval", "run", questions, "--library", library, "--limit", "3", "--json",
        "--out", tmp_path / "out", "--retrieval-only",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["scores"]["counts"]["questions"] == 3
    written = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert written["scores"] == report["scores"]


def test_eval_of_a_missing_set_is_a_misuse(tmp_path: Path) -> None:
    result = pincite("eval", "run", tmp_path / "absent", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["type"] == "DatasetError"


def test_a_reader_that_stops_early_is_no_error(library: Path) -> None:
    process = subprocess.Popen(
        command("list", "--library", library),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=120) == 1


@pytest.mark.usefixtures("heeds_control_c")
def test_control_c_ends_quietly(library: Path) -> None:
    process = subprocess.Popen(
        command("chat", "--library", library),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
    )
    assert process.stdout is not None
    assert b"documents in" in process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=120)
    assert (process.returncode, stderr) == (130, b"")


def in_terminal(*arguments: str | Path, columns: int = 80) -> str:
    """What a command writes into a real terminal of that width."""
    process, descriptor = pty.fork()
    if process == 0:
        environment = surroundings(COLUMNS=str(columns), LINES="40", TERM="xterm-256color")
        os.execve(sys.executable, command(*arguments), environment)
    written = b""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if not select.select([descriptor], [], [], 1.0)[0]:
            continue
        try:
            piece = os.read(descriptor, 65_536)
        except OSError:
            break
        if not piece:
            break
        written += piece
    os.close(descriptor)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0, written
    return written.decode("utf-8")


@pytest.mark.parametrize("columns", [60, 80])
def test_a_terminal_shows_colours_and_lines_that_fit(library: Path, columns: int) -> None:
    for arguments in (["list"], ["ask", HOME_QUESTION], ["settings"]):
        written = in_terminal(*arguments, "--library", library, columns=columns)
        assert "\x1b[" in written
        plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written)
        assert max(cell_len(line.rstrip()) for line in re.split(r"[\r\n]+", plain)) <= columns
        piped = pincite(*arguments, "--library", library)
        assert "\x1b" not in piped.output


def test_progress_is_shown_in_a_terminal_only(tmp_path: Path) -> None:
    (tmp_path / "tea.txt").write_text("Tea costs three coins a cup.", "utf-8")
    piped = pincite("add", tmp_path / "tea.txt", "--library", tmp_path / "first")
    assert "1 of 1 file, 1 passage" not in piped.output
    written = in_terminal("add", tmp_path / "tea.txt", "--library", tmp_path / "second")
    assert "1 of 1 file, 1 passage" in written
