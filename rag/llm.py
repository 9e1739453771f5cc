"""The one seam to a language model: any LlamaIndex `LLM`, and what its failures mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.errors import EndpointRefused, EndpointUnreachable, ModelError
from rag.embedded import CONTEXT_LIMIT, MODEL_NAME, EmbeddedServer
from rag.given_model import GivenModelSettings, explain_given, out_of_time_given
from rag.said import said
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, LLMMetadata

# Sent where no model is named; servers of a single model take any name.
UNNAMED_MODEL = "default"
# Statuses that pass by themselves: a rate limit, and a server that is starting or overloaded.
_PASSING = frozenset({429, 503})
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 20.0
# Requests for one answer; the delays between so many come to about the default llm_timeout.
ATTEMPTS_LIMIT = 8


def connect(settings: Settings, *, server: EmbeddedServer | None = None) -> LLM:
    """A chat model for the resolved writer, `embedded` or `endpoint`. Nothing is contacted yet.

    The embedded model runs in `server`, or in one of its own; its process starts with the first
    question. `close` releases what was connected. Raises `EndpointUnreachable` for an address
    that cannot be one, `EndpointRefused` for a model known to hold no conversations.
    """
    import httpx

    from rag.client import EMBEDDED_URL, ChatModel, embedded_clients, endpoint_clients

    seconds = settings.llm_timeout
    if settings.resolved_writer == "embedded":
        server = server or EmbeddedServer(
            threads=settings.threads, context_tokens=context_tokens(settings)
        )
        base_url, model = EMBEDDED_URL, MODEL_NAME
        clients = embedded_clients(server, seconds=seconds)
        # A cached prompt is computed in other batches, which changes the last digits of the
        # probabilities: the same question would not always get the same answer.
        extra: dict[str, object] = {"extra_body": {"cache_prompt": False}}
    else:
        base_url, model = settings.llm_base_url or "", settings.llm_model or UNNAMED_MODEL
        try:
            clients = endpoint_clients(base_url=base_url, key=settings.llm_api_key, seconds=seconds)
        except (httpx.InvalidURL, ValueError) as error:
            raise explain(error, settings) from error
        extra = {}
    try:
        return ChatModel(
            model=model,
            api_base=base_url,
            # The client wants one; the real key is added to requests only, so that no printed
            # or logged object holds it.
            api_key="unused",
            is_chat_model=True,
            timeout=seconds,
            max_retries=0,
            max_tokens=answer_tokens(settings),
            temperature=settings.llm_temperature,
            context_window=context_tokens(settings),
            http_client=clients[0],
            async_http_client=clients[1],
            additional_kwargs={"stream_options": {"include_usage": True}, **extra},
        )
    except ValueError as error:
        raise EndpointRefused(
            f"llm_model {model!r} cannot be used: {error} Choose a model that can chat."
        ) from error


def close(llm: LLM) -> None:
    """Release the connections of `connect`'s model and end the embedded model's process."""
    from rag.client import ChatModel

    if isinstance(llm, ChatModel):
        llm.close()


def context_tokens(settings: Settings) -> int:
    """Tokens that prompt and answer may take together, at most what the embedded model can."""
    if settings.resolved_writer == "embedded":
        return min(settings.llm_context_tokens, CONTEXT_LIMIT)
    return settings.llm_context_tokens


def answer_tokens(settings: Settings) -> int:
    """Tokens the answer may take: never more than half of the context, so that evidence fits."""
    return min(settings.llm_max_tokens, context_tokens(settings) // 2)


def token_budget(settings: Settings, metadata: LLMMetadata) -> tuple[int, int]:
    """Tokens for the prompt and for the answer, within the settings and what the model can do.

    A number that a model does not know, 0 or less, limits nothing.
    """
    window, output = metadata.context_window, metadata.num_output
    context = context_tokens(settings)
    context = min(context, window) if window > 0 else context
    answer = min(settings.llm_max_tokens, context // 2)
    answer = min(answer, output) if output > 0 else answer
    prompt = context - answer
    if window > 0 and output > 0:
        # A server may set aside for the answer all that the model can write, more than we want.
        prompt = min(prompt, window - min(output, window // 2))
    return prompt, answer


def retry_delay(error: BaseException, attempt: int) -> float | None:
    """Seconds to wait before asking again, `attempt` counted from 0; `None` if that is of no use.

    A rate limit or a server still loading passes; a Retry-After of the server's lengthens the
    delay, which doubles with each attempt up to the last of `ATTEMPTS_LIMIT`.
    """
    import openai

    if not isinstance(error, openai.APIStatusError) or error.status_code not in _PASSING:
        return None
    if attempt + 1 >= ATTEMPTS_LIMIT:
        return None
    delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2.0**attempt)
    try:
        return max(delay, float(error.response.headers["retry-after"]))
    except (KeyError, ValueError):  # absent, or a date
        return delay


def explain(error: BaseException, settings: Settings, *, llm: LLM | None = None) -> ModelError:
    """What went wrong with a language model, as a sentence that says what to do.

    An `EndpointError` for an endpoint, a plain `ModelError` for the embedded model or the `llm`
    that was handed in. A `ModelError` anywhere among the causes is already a sentence and comes
    back as it is.
    """
    for cause in _causes(error):
        if isinstance(cause, ModelError):
            return cause
    if isinstance(settings, GivenModelSettings):
        return explain_given(error, name=settings.given_model, llm=llm)
    if settings.resolved_writer == "embedded":
        return _explain_embedded(error, settings)
    return _explain_endpoint(error, settings)


def out_of_time(settings: Settings) -> ModelError:
    """The error for an answer that was not finished within `llm_timeout`."""
    if isinstance(settings, GivenModelSettings):
        return out_of_time_given(name=settings.given_model, seconds=settings.llm_timeout)
    limit = f"within {settings.llm_timeout:g} seconds; raise llm_timeout"
    if settings.resolved_writer == "embedded":
        return ModelError(f"The embedded language model did not finish {limit} to wait longer.")
    return EndpointUnreachable(
        f"The language model at {address(settings)} did not finish {limit} to wait longer, or "
        "check that the server is not overloaded."
    )


def address(settings: Settings) -> str:
    """The endpoint's address as it may be shown: without user, password and query."""
    try:
        parts = urlsplit(settings.llm_base_url or "")
        place = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "its address"
    return f"{parts.scheme}://{place}{parts.path}"


def _explain_embedded(error: BaseException, settings: Settings) -> ModelError:
    import httpx
    import openai

    if isinstance(error, (openai.APITimeoutError, httpx.TimeoutException)):
        return out_of_time(settings)
    if isinstance(error, (openai.APIConnectionError, httpx.TransportError)):
        return ModelError(
            "The embedded language model stopped while answering; it starts again with the next "
            "question. If that happens often, set writer to quotes."
        )
    return ModelError(f"The embedded language model failed: {_said(error, settings)}.")


def _explain_endpoint(error: BaseException, settings: Settings) -> ModelError:
    import httpx
    import openai

    place = address(settings)
    if isinstance(error, openai.APIStatusError):
        return _explain_status(error, settings)
    if isinstance(error, (openai.APITimeoutError, httpx.TimeoutException)):
        return EndpointUnreachable(
            f"The language model at {place} did not answer in time: check that the server runs and "
            "is not overloaded, or raise llm_timeout."
        )
    causes = list(_causes(error))
    if any(isinstance(cause, httpx.ConnectError) for cause in causes):
        return EndpointUnreachable(
            f"Nothing answers at {place}: check that the server runs and that llm_base_url is its "
            "address."
        )
    if any(isinstance(cause, (httpx.InvalidURL, httpx.UnsupportedProtocol)) for cause in causes):
        return EndpointUnreachable(
            f"llm_base_url is {place}, which is no address: give one such as "
            "http://127.0.0.1:8080/v1."
        )
    if isinstance(error, (openai.APIConnectionError, httpx.TransportError)):
        return EndpointUnreachable(
            f"The language model at {place} broke off while answering "
            f"({_said(causes[-1], settings)}): ask again, or see the server's log."
        )
    return EndpointRefused(
        f"The server at {place} does not answer as an OpenAI-compatible chat server does "
        f"({_said(error, settings)}): check that llm_base_url ends in the path of its API, "
        "usually /v1."
    )


def _explain_status(error: object, settings: Settings) -> EndpointRefused:
    import openai

    assert isinstance(error, openai.APIStatusError)
    status, place = error.status_code, address(settings)
    model = settings.llm_model or UNNAMED_MODEL
    words = _said(error, settings)
    if status in {401, 403}:
        # What the server says here may repeat the key.
        given = "refused the key" if settings.llm_api_key else "asks for a key"
        return EndpointRefused(
            f"The language model at {place} {given} (status {status}): set PINCITE_LLM_API_KEY to "
            "the key of that server."
        )
    advice = {
        404: f"check llm_model, which is {model!r}, and that llm_base_url ends in the path of its "
        "API, usually /v1",
        429: "its rate limit or quota is used up; wait, or raise llm_timeout to wait longer",
    }.get(status)
    if advice is None and 300 <= status < 400:
        advice = "it sends requests elsewhere; set llm_base_url to the final address"
    elif advice is None and status < 500:
        advice = (
            f"check llm_model, which is {model!r}, and lower llm_context_tokens, which is "
            f"{settings.llm_context_tokens}, to what it can read"
        )
    elif advice is None:
        advice = "the fault is the server's; see its log, or ask again"
    return EndpointRefused(
        f"The language model at {place} refused (status {status}): {advice}. It said: {words}"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, nearest first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _said(error: BaseException, settings: Settings) -> str:
    return said(error, secret=settings.llm_api_key)
