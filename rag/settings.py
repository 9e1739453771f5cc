"""One frozen `Settings`, read once at the door: defaults < TOML file < environment < arguments."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypedDict, get_args, get_origin, get_type_hints

from index.errors import LibraryUnwritable, SettingsError

SETTINGS_FILE = "settings.toml"
ENVIRONMENT_PREFIX = "PINCITE_"
QUESTION_LIMIT = 2_000
SECRETS = frozenset({"llm_api_key"})
# What the models of an open library were loaded with.
FIXED_WHILE_OPEN = ("embedding_model", "embedding_precision", "evidence_model", "threads")


WriterName = Literal["auto", "quotes", "embedded", "endpoint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. Each field's metadata explains it to a person."""

    embedding_model: str = field(
        default="all-MiniLM-L6-v2",
        metadata={
            "help": "Embedding model: all-MiniLM-L6-v2 (offline) or the path of a "
            "sentence-transformers folder. A library keeps the one it was built with."
        },
    )
    embedding_precision: Literal["auto", "float32", "bfloat16"] = field(
        default="auto",
        metadata={
            "help": "Number format for embedding and reading; auto takes bfloat16 where it is fast."
        },
    )
    evidence_model: str = field(
        default="pincite-evidence",
        metadata={
            "help": "Model that reads passages for answers: pincite-evidence (offline) or the path "
            "of a cross-encoder's folder, whose threshold is yours to set."
        },
    )
    threads: int = field(
        default=0, metadata={"help": "Processor threads for models; 0 takes the usable cores."}
    )
    candidates: int = field(
        default=50, metadata={"help": "Passages taken from each search before fusion (1-500)."}
    )
    passages: int = field(
        default=10, metadata={"help": "Passages read for evidence after the search (1-50)."}
    )
    abstention_threshold: float = field(
        default=0.06,
        metadata={
            "help": "Least probability that the evidence answers, 0-1. Higher refuses more often, "
            "rightly and wrongly."
        },
    )
    writer: WriterName = field(
        default="auto",
        metadata={
            "help": "Who writes: quotes (no language model), embedded (SmolLM2, offline), endpoint "
            "(an OpenAI-compatible server). auto is endpoint if llm_base_url is set, else quotes."
        },
    )
    answer_words: int = field(
        default=60,
        metadata={"help": "Words an answer to a single-fact question aims to stay within."},
    )
    keep_unsupported: bool = field(
        default=False,
        metadata={"help": "Show statements that failed the check, marked, instead of removing."},
    )
    removed_quotes: Literal["keep", "drop"] = field(
        default="keep",
        metadata={
            "help": "Quotes of removed documents in stored conversations: keep them, or drop them, "
            "which also erases them when a document is removed."
        },
    )
    page_language: Literal["en", "de", "fr", "ko"] = field(
        default="en",
        metadata={
            "help": "Language of the page's own words: en, de, fr or ko. The page takes it up when "
            "it is started."
        },
    )
    allow_private_addresses: bool = field(
        default=False,
        metadata={
            "help": "Web addresses may lead into private networks and to this machine, except for "
            "visitors of a page that others can reach."
        },
    )
    llm_base_url: str | None = field(
        default=None,
        metadata={"help": "Address of an OpenAI-compatible endpoint, ending in /v1."},
    )
    llm_model: str | None = field(
        default=None, metadata={"help": "Name of the model at the endpoint."}
    )
    llm_api_key: str | None = field(
        default=None,
        repr=False,
        metadata={"help": "Key of the endpoint; set it as PINCITE_LLM_API_KEY. Never shown."},
    )
    llm_timeout: float = field(
        default=60.0, metadata={"help": "Seconds a language model may take for one answer."}
    )
    llm_max_tokens: int = field(
        default=256, metadata={"help": "Tokens a language model may write for one answer."}
    )
    llm_context_tokens: int = field(
        default=4096, metadata={"help": "Tokens the language model's prompt and answer may take."}
    )
    llm_temperature: float = field(
        default=0.0, metadata={"help": "Sampling temperature, 0-2; 0 repeats itself exactly."}
    )
    llm_price_input: float | None = field(
        default=None,
        metadata={
            "help": "Price of a million tokens that the endpoint reads; with llm_price_output, an "
            "evaluation says what it cost."
        },
    )
    llm_price_output: float | None = field(
        default=None, metadata={"help": "Price of a million tokens that the endpoint writes."}
    )
    llm_currency: str = field(
        default="USD", metadata={"help": "Currency of the prices, as it is to be shown."}
    )

    def __post_init__(self) -> None:
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise SettingsError(
                    f"Setting {name} is {value}; it must lie between {low} and {high}."
                )
        if self.writer == "endpoint" and not self.llm_base_url:
            raise SettingsError(
                "Setting writer is endpoint, but llm_base_url is not set: give the address of an "
                "OpenAI-compatible server, such as http://127.0.0.1:8080/v1."
            )
        if self.llm_base_url and not self.llm_base_url.startswith(("http://", "https://")):
            raise SettingsError(
                f"Setting llm_base_url is {self.llm_base_url!r}; it must start with http:// or "
                "https://, such as http://127.0.0.1:8080/v1."
            )

    @property
    def resolved_writer(self) -> Literal["quotes", "embedded", "endpoint", "given"]:
        """The writer after `auto` is decided; `given` where a model was handed in from Python."""
        if self.writer == "auto":
            return "endpoint" if self.llm_base_url else "quotes"
        return self.writer

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with any setting except the key.

        The page's language changes no answer, nor these digits.
        """
        left_out = SECRETS | {"page_language"}
        values = {name: value for name, value in asdict(self).items() if name not in left_out}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


class SettingOptions(TypedDict, total=False):
    """The settings as keyword arguments; a test keeps it equal to `Settings`."""

    embedding_model: str
    embedding_precision: Literal["auto", "float32", "bfloat16"]
    evidence_model: str
    threads: int
    candidates: int
    passages: int
    abstention_threshold: float
    writer: WriterName
    answer_words: int
    keep_unsupported: bool
    removed_quotes: Literal["keep", "drop"]
    page_language: Literal["en", "de", "fr", "ko"]
    allow_private_addresses: bool
    llm_base_url: str | None
    llm_model: str | None
    llm_api_key: str | None
    llm_timeout: float
    llm_max_tokens: int
    llm_context_tokens: int
    llm_temperature: float
    llm_price_input: float | None
    llm_price_output: float | None
    llm_currency: str


_RANGES: tuple[tuple[str, float, float], ...] = (
    ("threads", 0, 1024),
    ("candidates", 1, 500),
    ("passages", 1, 50),
    ("abstention_threshold", 0.0, 1.0),
    ("answer_words", 10, 2_000),
    ("llm_timeout", 0.1, 3_600.0),
    ("llm_max_tokens", 16, 32_768),
    ("llm_context_tokens", 512, 1_048_576),
    ("llm_temperature", 0.0, 2.0),
    ("llm_price_input", 0.0, 1_000_000.0),
    ("llm_price_output", 0.0, 1_000_000.0),
)


def limits(name: str) -> tuple[float, float] | None:
    """The least and the greatest value of a setting that is a number."""
    return next(((low, high) for known, low, high in _RANGES if known == name), None)


def load_settings(
    library: Path | None,
    options: Mapping[str, object],
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Settings for a library: its `settings.toml`, then `PINCITE_*`, then `options`.

    Raises `SettingsError` for an unknown name or an unusable value, naming where it was found, and
    `LibraryUnwritable` if the file cannot be read.
    """
    values: dict[str, object] = {}
    if library is not None:
        values |= _from_file(library / SETTINGS_FILE)
    values |= _from_environment(os.environ if environment is None else environment)
    values |= {name: _checked(name, value, "argument") for name, value in options.items()}
    return Settings(**values)  # type: ignore[arg-type]  # every value was checked against its type


def _from_file(path: Path) -> dict[str, object]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8") if path.is_file() else "")
    except OSError as error:
        raise LibraryUnwritable(
            f"The library's settings {path} cannot be read ({error.strerror}): make the library's "
            "folder and what is in it readable and writable for you, or choose another library."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML ({error}): mend or delete it.") from error
    return {name: _checked(name, value, str(path)) for name, value in table.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    found = {}
    for name in (entry.name for entry in fields(Settings)):
        text = environment.get(ENVIRONMENT_PREFIX + name.upper())
        if text is not None:
            found[name] = parse_setting(name, text, ENVIRONMENT_PREFIX + name.upper())
    return found


def parse_setting(name: str, text: str, where: str) -> object:
    """`text` as a value of the setting `name`, its range not checked yet.

    Raises `SettingsError`, which says `where` the text was found.
    """
    return _checked(name, _parsed(name, text), where)


def _parsed(name: str, text: str) -> object:
    """The text of an environment variable as the setting's type, or as it is if that fails."""
    accepted = _accepted_types(name)
    if bool in accepted and text.lower() in {"true", "false", "1", "0", "yes", "no"}:
        return text.lower() in {"true", "1", "yes"}
    for number in (int, float):
        if number in accepted:
            try:
                return number(text)
            except ValueError:
                continue
    return text


def _accepted_types(name: str) -> tuple[type, ...]:
    hint = get_type_hints(Settings)[name]
    if get_origin(hint) is Literal:
        return (str,)
    return get_args(hint) if isinstance(hint, types.UnionType) else (hint,)


def _checked(name: str, value: object, where: str) -> object:
    hints: dict[str, Any] = get_type_hints(Settings)
    if name not in hints:
        raise SettingsError(
            f"Unknown setting {name!r} ({where}). Known settings: {', '.join(sorted(hints))}."
        )
    accepted = _accepted_types(name)
    if float in accepted and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        wanted = " or ".join(
            "nothing" if kind is type(None) else kind.__name__ for kind in accepted
        )
        shown = "something else" if name in SECRETS else repr(value)
        raise SettingsError(f"Setting {name} ({where}) is {shown}; it must be {wanted}.")
    if get_origin(hints[name]) is Literal and value not in get_args(hints[name]):
        choices = ", ".join(map(str, get_args(hints[name])))
        raise SettingsError(f"Setting {name} ({where}) is {value!r}; choose one of: {choices}.")
    return value
