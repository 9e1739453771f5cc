"""The settings page: everything explained, nothing secret shown, nobody overstepping."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from index.errors import SettingsError
from pincite.ui.settings_fields import Field, Rights, complaint, drawn_fields, groups
from pincite.ui.settings_view import render_settings
from pincite.ui.welcome import render_header
from rag import open_assistant
from rag.settings import FIXED_WHILE_OPEN, SETTINGS_FILE, Settings
from rag.settings_file import read_measured, read_written, write_settings

NAMES = [entry.name for entry in fields(Settings)]
ALL = Rights(settings=True, addresses=True)
KEY = "a-key-that-nobody-may-see"


@pytest.fixture
def opened(tmp_path: Path, tiny_model: Path):
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
        yield assistant


def drawn(assistant, rights: Rights = ALL, **options) -> str:
    return render_settings(
        drawn_fields(assistant, rights), **{"has_key": False, "measured": None, **options}
    )


def test_every_setting_stands_on_the_page_once_with_its_meaning(opened) -> None:
    assert sorted(name for names in groups().values() for name in names) == sorted(NAMES)
    page = drawn(opened)
    for name, field in drawn_fields(opened, ALL).items():
        assert page.count(f'id="{name}-hint"') == (0 if field.kind == "secret" else 1), name
        assert field.kind == "secret" or page.count(f'for="{name}"') == 1


def test_a_key_is_never_shown_and_has_no_field(monkeypatch, tmp_path, tiny_model) -> None:
    monkeypatch.setenv("PINCITE_LLM_API_KEY", KEY)
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
        assert assistant.settings.llm_api_key == KEY
        page = drawn(assistant, has_key=True)
    assert KEY not in page
    assert "A key is set" in page
    assert 'name="llm_api_key"' not in page


def test_a_password_in_an_address_is_not_shown(tmp_path: Path, tiny_model: Path) -> None:
    address = f"http://ada:{KEY}@models.example/v1"
    with open_assistant(
        tmp_path / "l", embedding_model=str(tiny_model), llm_base_url=address
    ) as assistant:
        for markup in (drawn(assistant), render_header(assistant)):
            assert KEY not in markup
            assert "http://models.example/v1" in markup


def test_both_rates_of_errors_stand_beside_the_threshold(opened) -> None:
    assert "is not measured yet" in drawn(opened)
    assert "Measured for this value: 7.1% of 56" in drawn(opened, measured="7.1% of 56")


def held(assistant, rights: Rights) -> set[str]:
    return {name for name, field in drawn_fields(assistant, rights).items() if field.held}


def test_who_may_change_what(opened) -> None:
    fixed = set(FIXED_WHILE_OPEN)
    assert held(opened, Rights.of(public_only=False, signed_in=False)) == fixed
    assert held(opened, Rights.of(public_only=True, signed_in=False)) == set(NAMES)
    reaching = {name for name in NAMES if name.startswith("llm_")} | {"allow_private_addresses"}
    assert held(opened, Rights.of(public_only=True, signed_in=True)) == fixed | reaching
    # Who signs in here is one of several people, and may come by way of a proxy.
    assert held(opened, Rights.of(public_only=False, signed_in=True)) == fixed | reaching


def test_what_counts_before_the_file_is_said_and_held(monkeypatch, tmp_path, tiny_model) -> None:
    monkeypatch.setenv("PINCITE_ANSWER_WORDS", "30")
    with open_assistant(tmp_path / "l", embedding_model=str(tiny_model), passages=7) as assistant:
        found = drawn_fields(assistant, ALL)
    assert found["answer_words"].value == "30"
    assert "PINCITE_ANSWER_WORDS" in str(found["answer_words"].held)
    assert found["passages"].value == "7"
    assert "when the library was opened" in str(found["passages"].held)
    assert found["candidates"].held is None


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("passages", "12", None),
        ("passages", "12.5", "Give a whole number from 1 to 50."),
        ("passages", "0", "Give a whole number from 1 to 50."),
        ("passages", "", "Give a whole number from 1 to 50."),
        ("abstention_threshold", "0.5", None),
        ("abstention_threshold", "nan", "Give a number from 0 to 1."),
        ("abstention_threshold", "many", "Give a number from 0 to 1."),
        ("llm_base_url", "", None),
        ("llm_base_url", "http://127.0.0.1:8080/v1", None),
        ("writer", "endpoint", None),
    ],
)
def test_what_is_typed_is_judged_field_by_field(opened, name: str, typed: str, said) -> None:
    assert complaint(drawn_fields(opened, ALL)[name], typed) == said


def test_an_address_that_is_none_is_a_sentence(opened) -> None:
    said = complaint(drawn_fields(opened, ALL)["llm_base_url"], "ftp://models.example")
    assert "must start with http://" in str(said)


def test_a_mistake_stands_beside_its_field_with_what_was_typed(opened) -> None:
    typed = '"><script>alert(1)</script>'
    page = drawn(opened, typed={"passages": typed}, complaints={"passages": f"No: {typed}"})
    assert "<script>" not in page
    assert 'aria-describedby="passages-hint passages-mistake"' in page
    assert page.count("aria-invalid") == 1


def test_a_new_setting_finds_its_place() -> None:
    assert "llm_timeout" in groups()["Language model"]
    made = Field(name="x", label="X", help="", kind="text", value="", default="")
    assert complaint(made, "") is None


def test_settings_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text("# mine\npassages = 3 # few\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="llm_base_url is not set"):
        write_settings(path, {"passages": "4", "writer": "endpoint"})
    assert path.read_text(encoding="utf-8") == "# mine\npassages = 3 # few\n"
    write_settings(path, {"writer": "endpoint", "llm_base_url": "http://127.0.0.1:1/v1"})
    assert read_written(path)["passages"] == 3
    write_settings(path, {"passages": None, "writer": None})
    assert set(read_written(path)) == {"llm_base_url"}
    assert path.read_text(encoding="utf-8").startswith("# mine")


def test_a_file_stays_as_private_as_it_was_and_a_link_stays_one(tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere" / "mine.toml"
    kept.parent.mkdir()
    kept.write_text("passages = 3\n", encoding="utf-8")
    kept.chmod(0o600)
    link = tmp_path / SETTINGS_FILE
    link.symlink_to(kept)
    write_settings(link, {"passages": "4"})
    assert link.is_symlink()
    assert read_written(kept) == {"passages": 4}
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_two_who_save_at_once_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE

    def save(name: str) -> None:
        for value in range(1, 21):
            write_settings(path, {name: str(value)})

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(save, ("passages", "candidates", "threads")))
    assert read_written(path) == {"passages": 20, "candidates": 20, "threads": 20}
    assert list(tmp_path.iterdir()) == [path]


def test_what_the_environment_adds_counts_when_settings_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / SETTINGS_FILE
    monkeypatch.setenv("PINCITE_LLM_BASE_URL", "http://127.0.0.1:1/v1")
    write_settings(path, {"writer": "endpoint"})
    assert read_written(path) == {"writer": "endpoint"}
    with pytest.raises(SettingsError, match="between 1 and 50"):
        write_settings(path, {"passages": "9000"})


def test_what_was_measured_goes_with_the_value_that_it_was_measured_for(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    assert read_measured(path, "abstention_threshold") is None
    write_settings(path, {"abstention_threshold": "0.3"}, measured="today, 7.1% of 56 refused")
    assert read_measured(path, "abstention_threshold") == "today, 7.1% of 56 refused"
    write_settings(path, {"abstention_threshold": "0.4"})
    assert read_measured(path, "abstention_threshold") is None
