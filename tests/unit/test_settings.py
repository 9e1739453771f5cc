"""Settings: where a value may come from, which one wins, and what is said about a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from index.errors import SettingsError
from rag.settings import SETTINGS_FILE, SettingOptions, Settings, load_settings


def library_with(folder: Path, toml: str) -> Path:
    (folder / SETTINGS_FILE).write_text(toml, encoding="utf-8")
    return folder


def test_keyword_arguments_are_exactly_the_settings() -> None:
    assert get_type_hints(SettingOptions) == get_type_hints(Settings)


def test_every_setting_explains_itself_in_a_sentence() -> None:
    for entry in fields(Settings):
        assert entry.metadata["help"].endswith("."), entry.name


def test_without_file_environment_or_arguments_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}, {}) == Settings()
    assert load_settings(None, {}, {}) == Settings()


def test_file_then_environment_then_arguments(tmp_path: Path) -> None:
    library = library_with(tmp_path, "candidates = 10\npassages = 3\nthreads = 1\n")
    environment = {"PINCITE_PASSAGES": "4", "PINCITE_THREADS": "2"}
    settings = load_settings(library, {"threads": 3}, environment)
    assert (settings.candidates, settings.passages, settings.threads) == (10, 4, 3)
    assert settings.answer_words == Settings().answer_words


def test_the_process_environment_is_read_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PINCITE_LLM_MODEL", "some-model")
    assert load_settings(None, {}).llm_model == "some-model"


def test_other_environment_variables_are_not_settings() -> None:
    environment = {"PINCITE_LIBRARY": "/somewhere", "THREADS": "7", "threads": "8"}
    assert load_settings(None, {}, environment) == Settings()


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("YES", True), ("1", True), ("false", False), ("No", False), ("0", False)],
)
def test_truth_in_the_environment_has_several_spellings(text: str, value: bool) -> None:
    assert load_settings(None, {}, {"PINCITE_KEEP_UNSUPPORTED": text}).keep_unsupported is value


def test_numbers_in_the_environment_take_the_setting_s_type() -> None:
    environment = {"PINCITE_LLM_TIMEOUT": "5", "PINCITE_LLM_MAX_TOKENS": "64"}
    settings = load_settings(None, {}, environment)
    assert (settings.llm_timeout, settings.llm_max_tokens) == (5.0, 64)
    assert isinstance(settings.llm_timeout, float)


def test_a_whole_number_is_accepted_where_a_fraction_may_stand(tmp_path: Path) -> None:
    library = library_with(tmp_path, "abstention_threshold = 1\n")
    settings = load_settings(library, {}, {})
    assert settings.abstention_threshold == 1.0
    assert settings.fingerprint == Settings(abstention_threshold=1.0).fingerprint


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(None, {"thread": 2}, {})
    assert str(refused.value).startswith("Unknown setting 'thread' (argument). Known settings: ")
    for entry in fields(Settings):
        assert entry.name in str(refused.value)

    library = library_with(tmp_path, "colour = 'red'\n")
    with pytest.raises(SettingsError, match=r"Unknown setting 'colour' \(.*settings\.toml\)"):
        load_settings(library, {}, {})


@pytest.mark.parametrize(
    ("options", "environment", "sentence"),
    [
        ({"threads": "two"}, {}, "Setting threads (argument) is 'two'; it must be int."),
        ({"threads": 2.5}, {}, "Setting threads (argument) is 2.5; it must be int."),
        ({"threads": True}, {}, "Setting threads (argument) is True; it must be int."),
        (
            {"keep_unsupported": 1},
            {},
            "Setting keep_unsupported (argument) is 1; it must be bool.",
        ),
        (
            {"llm_timeout": None},
            {},
            "Setting llm_timeout (argument) is None; it must be float.",
        ),
        ({"llm_model": 7}, {}, "Setting llm_model (argument) is 7; it must be str or nothing."),
        (
            {},
            {"PINCITE_THREADS": "two"},
            "Setting threads (PINCITE_THREADS) is 'two'; it must be int.",
        ),
        (
            {},
            {"PINCITE_KEEP_UNSUPPORTED": "maybe"},
            "Setting keep_unsupported (PINCITE_KEEP_UNSUPPORTED) is 'maybe'; it must be bool.",
        ),
        (
            {},
            {"PINCITE_WRITER": "poet"},
            "Setting writer (PINCITE_WRITER) is 'poet'; choose one of: auto, quotes, embedded, "
            "endpoint.",
        ),
        (
            {"embedding_precision": "int8"},
            {},
            "Setting embedding_precision (argument) is 'int8'; choose one of: auto, float32, "
            "bfloat16.",
        ),
        ({"passages": 0}, {}, "Setting passages is 0; it must lie between 1 and 50."),
        (
            {},
            {"PINCITE_ABSTENTION_THRESHOLD": "nan"},
            "Setting abstention_threshold is nan; it must lie between 0.0 and 1.0.",
        ),
        (
            {"llm_price_input": -0.5},
            {},
            "Setting llm_price_input is -0.5; it must lie between 0.0 and 1000000.0.",
        ),
        (
            {"writer": "endpoint"},
            {},
            "Setting writer is endpoint, but llm_base_url is not set: give the address of an "
            "OpenAI-compatible server, such as http://127.0.0.1:8080/v1.",
        ),
        (
            {"llm_base_url": "127.0.0.1:8080"},
            {},
            "Setting llm_base_url is '127.0.0.1:8080'; it must start with http:// or https://, "
            "such as http://127.0.0.1:8080/v1.",
        ),
    ],
)
def test_an_unusable_value_is_refused_with_what_is_expected(
    options: Mapping[str, object], environment: Mapping[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(None, options, environment)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("threads", 0, 1024),
        ("candidates", 1, 500),
        ("passages", 1, 50),
        ("abstention_threshold", 0.0, 1.0),
        ("answer_words", 10, 2_000),
        ("llm_timeout", 0.1, 3_600.0),
        ("llm_max_tokens", 16, 32_768),
        ("llm_context_tokens", 512, 1_048_576),
        ("llm_temperature", 0.0, 2.0),
    ],
)
def test_a_number_may_stand_at_both_ends_of_its_range_and_not_beyond(
    name: str, low: float, high: float
) -> None:
    step = 0.01 if isinstance(low, float) else 1
    for value in (low, high):
        assert getattr(load_settings(None, {name: value}, {}), name) == value
    for value in (low - step, high + step):
        with pytest.raises(SettingsError, match=f"Setting {name} is .*between {low} and {high}"):
            load_settings(None, {name: value}, {})


def test_a_value_in_the_file_is_refused_with_the_file_s_path(tmp_path: Path) -> None:
    library = library_with(tmp_path, "passages = 'many'\n")
    with pytest.raises(SettingsError) as refused:
        load_settings(library, {}, {})
    file = library / SETTINGS_FILE
    assert str(refused.value) == f"Setting passages ({file}) is 'many'; it must be int."


@pytest.mark.parametrize("content", [b"passages = ", b"\xff\xfe\x00"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(content)
    with pytest.raises(SettingsError, match=r"settings\.toml is not valid TOML .*mend or delete"):
        load_settings(tmp_path, {}, {})


def test_auto_takes_the_endpoint_if_one_is_given_and_quotes_if_not() -> None:
    address = "http://127.0.0.1:8080/v1"
    assert Settings().resolved_writer == "quotes"
    assert Settings(llm_base_url=address).resolved_writer == "endpoint"
    assert Settings(llm_base_url=address, writer="quotes").resolved_writer == "quotes"
    assert Settings(writer="embedded").resolved_writer == "embedded"


def test_the_fingerprint_changes_with_every_setting_but_the_key_and_the_language() -> None:
    plain = Settings(llm_base_url="http://127.0.0.1:1/v1")
    others = {
        "embedding_model": "/models/other",
        "embedding_precision": "float32",
        "evidence_model": "/models/reader",
        "threads": 5,
        "candidates": 5,
        "passages": 5,
        "abstention_threshold": 0.25,
        "writer": "quotes",
        "answer_words": 50,
        "keep_unsupported": True,
        "removed_quotes": "drop",
        "allow_private_addresses": True,
        "llm_base_url": "http://127.0.0.1:2/v1",
        "llm_model": "m",
        "llm_timeout": 5.0,
        "llm_max_tokens": 50,
        "llm_context_tokens": 1024,
        "llm_temperature": 0.5,
        "llm_price_input": 0.5,
        "llm_price_output": 0.5,
        "llm_currency": "EUR",
    }
    without = {"llm_api_key", "page_language"}
    assert set(others) == {entry.name for entry in fields(Settings)} - without
    start = {"llm_base_url": plain.llm_base_url}
    prints = {load_settings(None, start | {name: others[name]}, {}).fingerprint for name in others}
    assert len(prints | {plain.fingerprint}) == len(others) + 1
    for same in ({"llm_api_key": "secret"}, {"page_language": "de"}):
        assert load_settings(None, start | same, {}).fingerprint == plain.fingerprint


def test_the_key_is_never_shown() -> None:
    assert "secret-key" not in repr(Settings(llm_api_key="secret-key"))
    with pytest.raises(SettingsError, match=r"llm_api_key \(argument\)") as refused:
        load_settings(None, {"llm_api_key": 918_273}, {})
    assert "918273" not in str(refused.value)
