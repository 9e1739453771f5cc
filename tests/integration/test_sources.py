"""What can be added besides files and folders: ZIP archives, patterns, and bytes from anywhere."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from index import archive
from index.build import ingest
from index.embed import Embedder
from index.errors import SourceNotFound
from index.library import Library, open_library
from index.models import DocumentBytes, IngestReport
from pincite.cli import app

RAIN = "It rained in the valley on Monday, the mayor said."
ARTICLES = Path(__file__).parents[2] / "examples" / "articles"


@pytest.fixture
def library(tmp_path: Path, tiny_embedder: Embedder) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=tiny_embedder) as opened:
        yield opened


def zipped(files: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return stream.getvalue()


def stored(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def statuses(report: IngestReport, below: Path) -> dict[str, str]:
    return {str(Path(file.path).relative_to(below)): file.status for file in report.files}


def reasons(report: IngestReport) -> str:
    return "\n".join(file.reason or "" for file in report.files)


class TestArchives:
    def test_a_member_that_unpacks_all_at_once_is_refused(
        self, library: Library, tmp_path: Path
    ) -> None:
        """What it says of its size cannot be held to while it is unpacked."""
        packed = zipped({"rain.txt": RAIN}, zipfile.ZIP_BZIP2)
        path = stored(tmp_path / "a.zip", packed)
        report = ingest(library, [path])
        assert [file.status for file in report.files] == ["failed"]
        assert "packed in an unusual way" in reasons(report)

    def test_an_archive_is_walked_like_a_folder(self, library: Library, tmp_path: Path) -> None:
        word = next(ARTICLES.glob("*.docx")).read_bytes()
        path = stored(
            tmp_path / "files" / "news.zip",
            zipped(
                {
                    "b/2.txt": f"{RAIN} Two.",
                    "a.txt": f"{RAIN} One.",
                    "b/": "",
                    "b/word.docx": word,
                    ".hidden.txt": RAIN,
                    "__MACOSX/._a.txt": RAIN,
                    "b/picture.png": b"\x89PNG\r\n\x1a\n" + bytes(9),
                }
            ),
        )
        report = ingest(library, [path.parent], tags=["rain"])
        assert statuses(report, path) == {
            "a.txt": "added",
            "b/2.txt": "added",
            "b/picture.png": "skipped",
            "b/word.docx": "added",
        }
        assert list(statuses(report, path)) == sorted(statuses(report, path))
        document = library.document(str(path / "a.txt"))
        assert document.text == f"{RAIN} One."
        assert document.tags == ("rain",)
        assert library.original(document.id) == f"{RAIN} One.".encode()
        assert set(statuses(ingest(library, [path]), path).values()) == {"unchanged", "skipped"}
        assert library.verify().sound

    def test_a_member_keeps_the_rules_of_identity(self, library: Library, tmp_path: Path) -> None:
        path = stored(tmp_path / "news.zip", zipped({"a.txt": RAIN, "b.txt": RAIN}))
        assert list(statuses(ingest(library, [path]), path).values()) == ["added", "duplicate"]
        loose = stored(tmp_path / "a.txt", RAIN.encode())
        assert statuses(ingest(library, [loose]), tmp_path) == {"a.txt": "duplicate"}
        stored(path, zipped({"a.txt": "It snowed.", "b.txt": RAIN}))
        assert statuses(ingest(library, [path]), path) == {
            "a.txt": "replaced",
            "b.txt": "unchanged",
        }
        assert library.document(str(path / "a.txt")).text == "It snowed."

    def test_a_document_that_is_a_zip_stays_one_document(
        self, library: Library, tmp_path: Path
    ) -> None:
        word = stored(tmp_path / "a.docx", next(ARTICLES.glob("*.docx")).read_bytes())
        assert statuses(ingest(library, [word]), tmp_path) == {"a.docx": "added"}

    def test_what_is_refused_says_why_and_stops_nothing(
        self, library: Library, tmp_path: Path
    ) -> None:
        inner = zipped({"c.txt": RAIN})
        data = zipped(
            {
                "../out.txt": RAIN,
                "a.txt": RAIN,
                "bomb.txt": "0" * 5_000_000,
                "inner.zip": inner,
                "locked.txt": "L" + RAIN,
                "z.txt": f"{RAIN} Last.",
            }
        )
        path = stored(tmp_path / "news.zip", encrypted(data, "locked.txt"))
        report = ingest(library, [path])
        assert {Path(file.path).name: file.status for file in report.files} == {
            "out.txt": "failed",
            "a.txt": "added",
            "bomb.txt": "failed",
            "inner.zip": "skipped",
            "locked.txt": "failed",
            "z.txt": "added",
        }
        for sentence in (
            "../out.txt leads out of its archive",
            "times as large as it is in its archive",
            "inner.zip is an archive within the archive news.zip",
            "locked.txt is encrypted",
        ):
            assert sentence in reasons(report)
        assert not (tmp_path / "out.txt").exists()

    @pytest.mark.parametrize(
        ("stored", "shown"),
        [
            ("Größe/Паром.txt".encode(), "Größe/Паром.txt"),
            ("Größe.txt".encode("cp437"), "Größe.txt"),
        ],
    )
    def test_names_are_shown_as_they_were_written(
        self, library: Library, tmp_path: Path, stored: bytes, shown: str
    ) -> None:
        """Many programs write UTF-8 and do not say so, old ones the letters of their system."""
        packed = zipped({"n" * len(stored): RAIN}).replace(b"n" * len(stored), stored)
        path = tmp_path / "news.zip"
        path.write_bytes(packed)
        assert statuses(ingest(library, [path]), path) == {shown: "added"}
        assert library.document(str(path / shown)).text == RAIN

    def test_of_members_for_the_same_place_the_last_is_read(
        self, library: Library, tmp_path: Path
    ) -> None:
        """Whoever unpacks the archive finds that one."""
        packed = zipped({"a/./b.txt": "It snowed.", "a/b.txt": RAIN, "c//d.txt": "It froze."})
        path = stored(tmp_path / "news.zip", packed)
        expected = {"a/b.txt": "added", "c/d.txt": "added"}
        assert statuses(ingest(library, [path]), path) == expected
        assert library.document(str(path / "a/b.txt")).text == RAIN
        assert set(statuses(ingest(library, [path]), path).values()) == {"unchanged"}

    def test_links_in_an_archive_are_passed_over(self, library: Library, tmp_path: Path) -> None:
        link = zipfile.ZipInfo("passwords.txt")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(tmp_path / "news.zip", "w") as made:
            made.writestr(link, "/etc/passwd")
            made.writestr("a.txt", RAIN)
        report = ingest(library, [tmp_path / "news.zip"])
        assert [Path(file.path).name for file in report.files] == ["a.txt"]

    @pytest.mark.parametrize(
        ("limit", "value", "sentence"),
        [
            ("MEMBER_LIMIT", 1, "holds 2 files, more than the limit of 1"),
            ("TOTAL_LIMIT", 50, "more than the limit of 0 MB"),
            ("_CONTENTS_LIMIT", 50, "table of contents for far more"),
        ],
    )
    def test_an_archive_beyond_a_limit_is_refused_whole(
        self,
        library: Library,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
        value: int,
        sentence: str,
    ) -> None:
        path = stored(tmp_path / "news.zip", zipped({"a.txt": RAIN, "b.txt": RAIN}))
        monkeypatch.setattr(archive, limit, value)
        report = ingest(library, [path])
        assert statuses(report, tmp_path) == {"news.zip": "failed"}
        assert sentence in reasons(report)

    def test_a_large_member_is_refused_by_its_size(
        self, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = stored(tmp_path / "news.zip", zipped({"a.txt": RAIN, "b.txt": os.urandom(2_000)}))
        monkeypatch.setattr(archive, "SIZE_LIMIT", 1_000)
        report = ingest(library, [path])
        assert list(statuses(report, path).values()) == ["added", "failed"]

    def test_an_empty_archive_is_skipped(self, library: Library, tmp_path: Path) -> None:
        report = ingest(library, [stored(tmp_path / "news.zip", zipped({}))])
        assert statuses(report, tmp_path) == {"news.zip": "skipped"}
        assert "holds no files" in reasons(report)

    def test_damaged_archives_fail(self, library: Library, tmp_path: Path) -> None:
        whole = zipped({"a.txt": RAIN * 40, "b.txt": f"{RAIN} Two."}, zipfile.ZIP_STORED)
        cut = stored(tmp_path / "cut.zip", whole[:-30])
        assert statuses(ingest(library, [cut]), tmp_path) == {"cut.zip": "failed"}
        altered = whole.replace(b"Monday", b"Sunday", 1)
        report = ingest(library, [stored(tmp_path / "altered.zip", altered)])
        assert list(statuses(report, tmp_path).values()) == ["failed", "added"]
        assert "cannot be taken out of altered.zip (Bad CRC-32" in reasons(report)


class TestPatterns:
    @pytest.fixture
    def reports(self, tmp_path: Path) -> Path:
        for name in ("a.txt", "b.md", "deep/er/c.txt", ".git/d.txt", "deep/.e.txt", "f[1].txt"):
            stored(tmp_path / "reports" / name, f"{RAIN} This is {name}.".encode())
        return tmp_path / "reports"

    @pytest.mark.parametrize(
        ("pattern", "found"),
        [
            ("*.txt", ["a.txt", "f[1].txt"]),
            ("**/*.txt", ["a.txt", "deep/er/c.txt", "f[1].txt"]),
            ("?.[mt]*", ["a.txt", "b.md"]),
            ("de*", ["deep/er/c.txt"]),
            ("f[1].txt", ["f[1].txt"]),
            (".g*/*", [".git/d.txt"]),
        ],
    )
    def test_a_pattern_stands_for_what_fits_it(
        self, library: Library, reports: Path, pattern: str, found: list[str]
    ) -> None:
        assert list(statuses(ingest(library, [reports / pattern]), reports)) == found

    def test_links_in_circles_end(self, library: Library, reports: Path) -> None:
        for name in ("self", "again"):
            (reports / name).symlink_to(reports)
        assert "deep/er/c.txt" in statuses(ingest(library, [reports / "**" / "*.txt"]), reports)

    def test_a_relative_pattern_is_seen_from_here(
        self, library: Library, reports: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(reports)
        assert statuses(ingest(library, [Path("*.md")]), reports) == {"b.md": "added"}

    @pytest.mark.parametrize("pattern", ["*.pdf", "nowhere/*", "x[", "a**b/*.txt"])
    def test_what_fits_nothing_stops_before_anything_is_written(
        self, library: Library, reports: Path, pattern: str
    ) -> None:
        with pytest.raises(SourceNotFound, match=r"pattern .*Nothing was added"):
            ingest(library, [reports / "a.txt", reports / pattern])
        assert library.documents() == ()


class TestBytes:
    def test_bytes_are_a_document_with_their_name_as_source(self, library: Library) -> None:
        first = DocumentBytes(name="notes/rain.txt", data=RAIN.encode())
        report = ingest(library, [first])
        assert [(file.path, file.status) for file in report.files] == [("notes/rain.txt", "added")]
        assert library.document("notes/rain.txt").text == RAIN
        assert ingest(library, [first]).files[0].status == "unchanged"
        changed = DocumentBytes(name="notes/rain.txt", data=b"It snowed.")
        assert ingest(library, [changed]).files[0].status == "replaced"
        assert len(library.documents()) == 1

    def test_bytes_without_a_name_are_refused(self, library: Library) -> None:
        with pytest.raises(SourceNotFound, match="has no name"):
            ingest(library, [DocumentBytes(name=" ", data=RAIN.encode())])


class TestStdin:
    @pytest.fixture
    def place(self, tiny_model: Path, tmp_path: Path) -> dict[str, str]:
        return {
            "PINCITE_LIBRARY": str(tmp_path / "library"),
            "PINCITE_EMBEDDING_MODEL": str(tiny_model),
        }

    def add(self, place: dict[str, str], *arguments: str, stdin: bytes) -> Result:
        return CliRunner(env=place).invoke(app, ["add", *arguments, "--json"], input=stdin)

    def test_a_document_on_stdin_is_called_by_its_content(self, place: dict[str, str]) -> None:
        rows = []
        for text in (RAIN, "It snowed.", RAIN):
            result = self.add(place, "-", stdin=text.encode())
            assert result.exit_code == 0
            rows += json.loads(result.stdout)["files"]
        assert [row["status"] for row in rows] == ["added", "added", "unchanged"]
        assert rows[0]["path"] == f"stdin/{rows[0]['document_id'][:8]}"

    def test_a_name_is_its_source_and_another_of_that_name_replaces_it(
        self, place: dict[str, str], tmp_path: Path
    ) -> None:
        other = stored(tmp_path / "a.txt", b"It snowed.")
        result = self.add(place, "-", str(other), "--name", "rain.md", stdin=RAIN.encode())
        assert {row["path"]: row["status"] for row in json.loads(result.stdout)["files"]} == {
            str(other): "added",
            "rain.md": "added",
        }
        result = self.add(place, "-", "--name", "rain.md", stdin=b"# Rain\n\nIt rained again.")
        assert json.loads(result.stdout)["files"][0]["status"] == "replaced"

    def test_empty_stdin_is_skipped(self, place: dict[str, str]) -> None:
        (row,) = json.loads(self.add(place, "-", stdin=b"").stdout)["files"]
        assert row["status"] == "skipped"

    @pytest.mark.parametrize(
        "arguments", [["-", "-"], ["a.txt", "--name", "b"], ["-", "--name", ""]]
    )
    def test_misuse_is_a_sentence(self, place: dict[str, str], arguments: list[str]) -> None:
        result = self.add(place, *arguments, stdin=RAIN.encode())
        assert result.exit_code == 2
        assert json.loads(result.stdout)["error"]["message"]


def encrypted(data: bytes, name: str) -> bytes:
    """The archive with one member marked as encrypted, in both of its places."""
    changed = bytearray(data)
    for signature, flags, lengths, start in (
        (b"PK\x03\x04", 6, 26, 30),
        (b"PK\x01\x02", 8, 28, 46),
    ):
        position = changed.find(signature)
        while position >= 0:
            (length,) = struct.unpack_from("<H", changed, position + lengths)
            if changed[position + start : position + start + length] == name.encode():
                changed[position + flags] |= 1
            position = changed.find(signature, position + 4)
    return bytes(changed)
