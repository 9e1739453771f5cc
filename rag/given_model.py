"""A language model that the caller made and hands in: how it is named, limited and explained.

It is the caller's: it keeps its own key, address and retries, and it is never closed here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from index.errors import ModelError, SettingsError
from rag.said import said
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# What LlamaIndex calls a model that does not say its name.
_NAMELESS = frozenset({"", "unknown"})
# Shorter ones are placeholders, such as "fake", and may be words of the message.
_KEY_CHARACTERS = 8
# Statuses that speak of the key; what comes with them may repeat it.
_KEY_STATUSES = frozenset({401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenModelSettings(Settings):
    """Settings of an assistant that was handed a model; no file can say so, hence no setting."""

    given_model: str

    @property
    def resolved_writer(self) -> Literal["given"]:
        """The model that was handed in writes."""
        return "given"


def with_given_model(settings: Settings, llm: LLM | None) -> Settings:
    """The settings as they are where this model writes; unchanged without one.

    Raises `SettingsError` if the settings name another writer than `auto`, or `llm` is no
    LlamaIndex `LLM`.
    """
    if llm is None:
        if isinstance(settings, GivenModelSettings):
            raise SettingsError(
                f"These settings are those of an assistant that was handed {settings.given_model}: "
                "hand the model in here too, as llm."
            )
        return settings
    from llama_index.core import llms

    if not isinstance(llm, llms.LLM):
        raise SettingsError(
            f"llm is a {type(llm).__name__}; it must be a LlamaIndex LLM, such as "
            "llama_index.llms.openai_like.OpenAILike(...). For a server alone, set llm_base_url."
        )
    if settings.writer != "auto":
        raise SettingsError(
            f"Setting writer is {settings.writer}, but a language model was handed in as llm: "
            "leave writer at auto, or hand in none."
        )
    if isinstance(settings, GivenModelSettings):
        return settings
    values = {entry.name: getattr(settings, entry.name) for entry in fields(Settings)}
    return GivenModelSettings(**values, given_model=given_name(llm))


def given_name(llm: LLM) -> str:
    """The model's name as its metadata tells it, else the name of its class."""
    try:
        name = str(llm.metadata.model_name)
    except Exception:  # noqa: BLE001  # some ask a server that may be down; asking it will tell
        name = ""
    return type(llm).__name__ if name in _NAMELESS else name


def explain_given(error: BaseException, *, name: str, llm: LLM | None) -> ModelError:
    """Any error of a model handed in, as a sentence that names the model and no secret."""
    status = getattr(error, "status_code", None)
    if status in _KEY_STATUSES:
        return ModelError(
            f"The language model {name} was refused by its server (status {status}): check the key "
            "it was made with."
        )
    kind, words = type(error).__name__, said(error, secret=_key(llm))
    reason = kind if words == kind else f"{kind}: {words}"
    return ModelError(
        f"The language model {name} failed ({reason}): check how the model that was handed in as "
        "llm was made, or ask again."
    )


def out_of_time_given(*, name: str, seconds: float) -> ModelError:
    """The error for a model handed in that was not done within `llm_timeout`."""
    return ModelError(
        f"The language model {name} did not finish within {seconds:g} seconds; raise llm_timeout "
        "to wait longer."
    )


def _key(llm: LLM | None) -> str | None:
    key = getattr(llm, "api_key", None)
    return key if isinstance(key, str) and len(key) >= _KEY_CHARACTERS else None
