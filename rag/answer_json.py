"""An `Answer` as JSON and back, in a format with a version; `rag.render` offers it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from rag.models import Answer

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA_VERSION = "pincite.answer/1"


def to_json(answer: Answer) -> dict[str, object]:
    """The answer as values that `json.dumps` takes; described by `docs/answer.schema.json`."""
    return {
        "schema": SCHEMA_VERSION,
        "text": answer.text,
        **_adapter().dump_python(answer, mode="json"),
    }


def from_json(data: object) -> Answer:
    """The answer that `to_json` wrote; `text` is worked out anew.

    Raises `UsageError` for another schema version and for data that is not an answer.
    """
    from pydantic import ValidationError

    if not isinstance(data, Mapping):
        raise UsageError(
            f"A stored answer must be a JSON object, this is {type(data).__name__}: pass what "
            "to_json returned."
        )
    version = data.get("schema")
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"This stored answer has the schema {version!r}; this version of Pincite reads "
            f"{SCHEMA_VERSION!r}: use the version that wrote it."
        )
    try:
        answer = _adapter().validate_python(dict(data))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the answer"
        raise UsageError(f"This is not a stored answer: {place}: {first['msg']}.") from error
    for number, claim in enumerate(answer.claims, start=1):
        if any(citation not in answer.sources for citation in claim.citations):
            raise UsageError(
                f"This is not a stored answer: claim {number} cites something that is not among "
                "the sources."
            )
    return answer


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what `to_json` returns; kept in `docs/answer.schema.json`."""
    schema = _adapter().json_schema(mode="serialization")
    schema["properties"] = {
        "schema": {"const": SCHEMA_VERSION, "description": "The version of this format."},
        "text": {"type": "string", "description": "The answer as prose with its markers."},
        **schema["properties"],
    }
    # `to_json` writes every field, also those that have a default.
    for definition in (schema, *schema["$defs"].values()):
        definition["required"] = list(definition["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


@cache
def _adapter() -> TypeAdapter[Answer]:
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)
