"""A library in one file, and back: whole, checked, and never over anything."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from typer.testing import CliRunner, Result

import index.backup
import index.restore
from index.errors import (
    LibraryDamaged,
    LibraryLocked,
    LibraryNotFound,
    LibraryUnwritable,
    UsageError,
)
from index.lock import LibraryLock
from index.schema import SCHEMA_VERSION
from pincite.cli import app
from rag import Assistant, back_up_library, open_assistant, restore_library
from rag.render import to_json

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"
QUESTION = "what does North Korea want in return?"
SECRET = "sk-not-for-anybody"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with documents, a conversation and settings; tests change copies of it."""
    path = tmp_path_factory.mktemp("saved") / "library"
    with open_assistant(path) as assistant:
        assistant.add(ARTICLES, tags=["news"])
        assistant.conversations.add(assistant.ask(QUESTION))
    (path / "settings.toml").write_text(
        f'# mine\npassages = 12\nllm_api_key = "{SECRET}"\n', encoding="utf-8"
    )
    return path


@pytest.fixture(scope="module")
def saved(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backups") / "saved.pincite"
    back_up_library(path, library)
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "restored"


def answers(assistant: Assistant) -> list[object]:
    """All that a reader sees of two answers and of the conversation."""
    found = [to_json(assistant.ask(text)) for text in (QUESTION, "Who denied the arms deal?")]
    for answer in found:
        del answer["trace"]["milliseconds"]
    (conversation,) = assistant.conversations.newest_first()
    stored = assistant.conversations.answers(conversation.id)
    return [found, conversation, stored, assistant.documents()]


def altered(saved: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The backup with other members."""
    with zipfile.ZipFile(saved) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(target, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return target


def nothing_left(place: Path) -> bool:
    return not place.exists() and list(place.parent.glob(f".{place.name}*")) == []


def test_a_restored_library_answers_as_the_one_that_was_saved(
    library: Path, saved: Path, place: Path
) -> None:
    report = restore_library(saved, place)
    assert report.sound
    assert (report.documents, report.passages > 16) == (16, True)
    with open_assistant(library) as one, open_assistant(place, create=False) as other:
        assert other.settings.passages == 12
        assert answers(other) == answers(one)
        assert other.verify().sound
        for document in one.documents():
            assert other._library.original(document.id) == one._library.original(document.id)
        assert other.add(ARTICLES).count("unchanged") == 16
    assert list(place.parent.glob(".*")) == []


def test_nothing_is_embedded_again(
    saved: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_EMBEDDING_MODEL", "/no/such/model")
    assert restore_library(saved, place).sound


def test_secrets_are_left_out_and_the_rest_of_the_settings_is_kept(
    saved: Path, place: Path
) -> None:
    restore_library(saved, place)
    assert (place / "settings.toml").read_text(encoding="utf-8") == "passages = 12\n"
    with zipfile.ZipFile(saved) as archive:
        assert not any(SECRET.encode() in archive.read(name) for name in archive.namelist())


def test_old_secrets_in_comments_and_addresses_are_left_out_too(
    library: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(library, tmp_path / "library"))
    (copy / "settings.toml").write_text(
        '# llm_api_key = "sk-of-old"\nllm_base_url = "http://ann:hush@127.0.0.1:9/v1"\n'
    )
    back_up_library(tmp_path / "b.zip", copy)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        kept = archive.read("settings.toml").decode()
    assert kept == 'llm_base_url = "http://127.0.0.1:9/v1"\n'
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0  # for its owner alone


def test_an_original_that_goes_while_sizes_are_summed_stops_nothing(
    library: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(library, tmp_path / "library"))
    (copy / "originals" / "gone").symlink_to(tmp_path / "nothing")  # listed, and no more there
    assert back_up_library(tmp_path / "b.zip", copy).documents == 16


@pytest.mark.parametrize("linked", [True, False], ids=["a link", "a folder"])
def test_what_is_in_the_way_of_a_restore_is_not_touched(
    saved: Path, place: Path, tmp_path: Path, *, linked: bool
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "keep.txt").write_text("mine")
    in_the_way = place.with_name(f".{place.name}.restoring")
    if linked:
        in_the_way.symlink_to(theirs)
    else:
        theirs = theirs.rename(in_the_way)
    with pytest.raises(LibraryUnwritable, match="in the way"):
        restore_library(saved, place)
    assert (theirs / "keep.txt").read_text() == "mine"
    assert not place.exists()


def test_a_library_in_use_is_saved_as_of_one_moment(library: Path, tmp_path: Path) -> None:
    """Questions, and documents that come and go, do not wait for the backup nor it for them."""
    copy = Path(shutil.copytree(library, tmp_path / "library"))
    files = tmp_path / "files"
    files.mkdir()
    stop, failures = Event(), list[Exception]()

    def use(work: Callable[[int], object]) -> Thread:
        def run() -> None:
            number = 0
            try:
                while not stop.is_set():
                    work(number := number + 1)
            except Exception as error:  # noqa: BLE001
                failures.append(error)

        return Thread(target=run)

    def change(number: int) -> None:
        path = files / f"{number}.txt"
        path.write_text(f"On day {number} the ferry stayed in port.", encoding="utf-8")
        assistant.add(path)
        assistant.remove(str(path))

    with open_assistant(copy) as assistant:
        assistant.warm()
        threads = [use(lambda number: assistant.ask(QUESTION)), use(change)]
        for thread in threads:
            thread.start()
        reports = []
        for number in range(5):
            reports.append(back_up_library(tmp_path / f"{number}.pincite", copy))
            time.sleep(0.3)
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    for number, report in enumerate(reports):
        assert report.missing == ()
        restored = restore_library(report.path, tmp_path / f"restored-{number}")
        assert restored.sound
        assert restored.documents == report.documents


def test_a_backup_is_written_while_another_process_has_the_library(
    library: Path, tmp_path: Path
) -> None:
    program = (
        "import sys; from rag import open_assistant; assistant = open_assistant(sys.argv[1]); "
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(library)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "open\n"
        assert back_up_library(tmp_path / "a.pincite", library).documents == 16
        process.stdin.close()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_backup_is_refused(saved: Path, place: Path, share: float) -> None:
    data = saved.read_bytes()
    cut = place.parent / "cut.pincite"
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(
        LibraryDamaged, match=r"cut\.pincite is cut off, damaged or none of Pincite"
    ):
        restore_library(cut, place)
    assert nothing_left(place)


def test_a_backup_with_an_altered_byte_is_refused(saved: Path, place: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        info = next(info for info in archive.infolist() if info.filename.startswith("originals/"))
    data = bytearray(saved.read_bytes())
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 1
    broken = place.parent / "broken.pincite"
    broken.write_bytes(data)
    with pytest.raises(LibraryDamaged, match="damaged"):
        restore_library(broken, place)
    assert nothing_left(place)


@pytest.mark.parametrize("name", ["catalog.sqlite3", "conversations.sqlite3"])
def test_a_backup_of_a_newer_version_is_refused(saved: Path, place: Path, name: str) -> None:
    def make_newer(files: dict[str, bytes]) -> None:
        path = place.parent / name
        path.write_bytes(files[name])
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        files[name] = path.read_bytes()

    newer = altered(saved, place.parent / "newer.pincite", make_newer)
    with pytest.raises(LibraryDamaged, match=rf"newer Pincite \({name} has version 99"):
        restore_library(newer, place)
    assert nothing_left(place)


def test_another_format_is_refused(saved: Path, place: Path) -> None:
    manifest = json.dumps({"format": "pincite.backup/2"}).encode()
    other = altered(
        saved, place.parent / "other.pincite", lambda files: files.update({"backup.json": manifest})
    )
    with pytest.raises(LibraryDamaged, match=r"has the format 'pincite\.backup/2'"):
        restore_library(other, place)
    assert nothing_left(place)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "/tmp/evil.txt",
        "originals/../../evil.txt",
        "originals/evil.txt",
        "chroma/evil.bin",
        "lock",
        "originals/0123456789abcdef0123456789abcdef/",
    ],
)
def test_what_does_not_belong_in_a_backup_is_refused(saved: Path, place: Path, name: str) -> None:
    crafted = altered(
        saved, place.parent / "crafted.pincite", lambda files: files.update({name: b"evil"})
    )
    with pytest.raises(LibraryDamaged, match="was altered"):
        restore_library(crafted, place)
    assert nothing_left(place)
    assert not (place.parent / "evil.txt").exists()


@pytest.mark.parametrize("name", ["catalog.sqlite3", "backup.json"])
def test_a_backup_without_its_catalog_or_contents_is_refused(
    saved: Path, place: Path, name: str
) -> None:
    def take_out(files: dict[str, bytes]) -> None:
        del files[name]

    with pytest.raises(LibraryDamaged, match="was altered"):
        restore_library(altered(saved, place.parent / "crafted.pincite", take_out), place)
    assert nothing_left(place)


@pytest.mark.parametrize("data", [b"no database", b"SQLite format 3\0" + bytes(4000)])
def test_a_catalog_that_is_no_database_is_refused(saved: Path, place: Path, data: bytes) -> None:
    crafted = altered(
        saved, place.parent / "c.pincite", lambda files: files.update({"catalog.sqlite3": data})
    )
    with pytest.raises(LibraryDamaged, match=r"c\.pincite is damaged"):
        restore_library(crafted, place)
    assert nothing_left(place)


@pytest.mark.parametrize("version", [1, SCHEMA_VERSION])
def test_a_database_without_tables_is_refused(saved: Path, place: Path, version: int) -> None:
    with closing(sqlite3.connect(place.parent / "empty.sqlite3")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("CREATE TABLE meta(name, value)")
    data = (place.parent / "empty.sqlite3").read_bytes()
    crafted = altered(
        saved, place.parent / "c.pincite", lambda files: files.update({"catalog.sqlite3": data})
    )
    with pytest.raises(LibraryDamaged, match=r"c\.pincite"):
        restore_library(crafted, place)
    assert nothing_left(place)


def test_a_folder_in_use_is_not_restored_over(saved: Path, place: Path) -> None:
    place.mkdir()
    (place / "mine.txt").write_text("precious", encoding="utf-8")
    with pytest.raises(UsageError, match="holds files already"):
        restore_library(saved, place)
    assert (place / "mine.txt").read_text(encoding="utf-8") == "precious"
    with pytest.raises(UsageError, match="is a file"):
        restore_library(saved, place / "mine.txt")
    with pytest.raises(UsageError, match="There is no backup"):
        restore_library(place / "none", place / "other")


def test_an_empty_folder_will_do(saved: Path, place: Path) -> None:
    place.mkdir()
    assert restore_library(saved, place).sound


def test_a_file_that_exists_is_not_written_over(library: Path, saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        back_up_library(saved, library)
    assert saved.read_bytes() == before
    with pytest.raises(LibraryNotFound):
        back_up_library(tmp_path / "a.pincite", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_is_said_beforehand(
    library: Path, saved: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(place.parent)._replace(free=1_000)
    for module in (index.backup, index.restore):
        monkeypatch.setattr(module.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(LibraryUnwritable, match="and the backup needs up to"):
        back_up_library(place.parent / "a.pincite", library)
    with pytest.raises(LibraryUnwritable, match="and the library needs up to"):
        restore_library(saved, place)
    assert list(place.parent.iterdir()) == []


def test_a_lost_original_is_told_and_stops_nothing(library: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(library, tmp_path / "library"))
    lost = min((copy / "originals").iterdir())
    lost.unlink()
    report = back_up_library(tmp_path / "a.pincite", copy)
    assert report.missing == (lost.name,)
    restored = restore_library(tmp_path / "a.pincite", tmp_path / "restored")
    assert len(restored.problems) == 1
    assert lost.name in restored.problems[0]
    with open_assistant(tmp_path / "restored") as assistant:
        assert assistant.ask(QUESTION).claims


def test_two_restores_into_one_folder_do_not_meet(saved: Path, place: Path) -> None:
    unfinished = place.with_name(f".{place.name}.restoring")
    unfinished.mkdir()
    lock = LibraryLock(unfinished)
    with pytest.raises(LibraryLocked):
        restore_library(saved, place)
    lock.release()
    assert restore_library(saved, place).sound


def test_a_killed_restore_leaves_no_library_and_the_next_one_none_of_its_rest(
    saved: Path, place: Path
) -> None:
    program = "import sys; from rag import restore_library; restore_library(*sys.argv[1:])"
    unfinished = place.with_name(f".{place.name}.restoring")
    process = subprocess.Popen([sys.executable, "-c", program, str(saved), str(place)])
    deadline = time.monotonic() + 60
    while not (unfinished / "originals").is_dir() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert unfinished.is_dir()
    assert not place.exists()
    (unfinished / "originals" / "stray").write_bytes(b"from before")
    assert restore_library(saved, place).sound
    assert not unfinished.exists()
    assert not (place / "originals" / "stray").exists()


class TestTerminal:
    def pincite(self, *arguments: str | Path) -> Result:
        environment = {name: None for name in os.environ if name.startswith("PINCITE_")}
        return CliRunner(env=environment).invoke(app, list(map(str, arguments)))

    def test_both_ways(self, library: Path, place: Path) -> None:
        file = place.parent / "a.pincite"
        result = self.pincite("backup", file, "--library", library)
        assert (result.exit_code, "Wrote 16 documents" in result.stdout) == (0, True)
        result = self.pincite("restore", file, "--library", place)
        assert (result.exit_code, "Restored 16 documents" in result.stdout) == (0, True)

    def test_as_json(self, library: Path, place: Path) -> None:
        file = place.parent / "a.pincite"
        made = json.loads(self.pincite("backup", file, "--library", library, "--json").stdout)
        assert made | {"bytes": 0, "passages": 0} == {
            "path": str(file), "documents": 16, "passages": 0, "bytes": 0, "missing": [],
        }  # fmt: skip
        assert made["bytes"] == file.stat().st_size
        result = self.pincite("restore", file, "--library", place, "--json")
        assert json.loads(result.stdout)["sound"] is True

    def test_misuse_is_a_sentence(self, library: Path, saved: Path) -> None:
        assert self.pincite("backup", saved, "--library", library).exit_code == 2
        result = self.pincite("restore", saved, "--library", library)
        assert (result.exit_code, "holds files already" in result.stderr) == (2, True)
