"""An answer as OpenAI's clients read a chat completion: Markdown, with the places cited beside."""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from pydantic_core import to_jsonable_python

from index.web_address import is_address
from rag.models import Answer, Citation
from rag.render import to_markdown

MODEL = "pincite"
_MARKER = re.compile(r"(?<!\\)\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One reply; links to documents of the library begin with `base`."""

    base: str
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def reply(self, answer: Answer) -> tuple[str, list[dict[str, Any]]]:
        """The Markdown of the answer, and an annotation for every marker in its claims."""
        # The client has the question: it is the first block.
        content = to_markdown(answer).partition("\n\n")[2].strip()
        claims = content.partition("\n### ")[0]
        annotations = [
            {
                "type": "url_citation",
                "url_citation": {
                    "start_index": found.start(),
                    "end_index": found.end(),
                    "title": answer.sources[number - 1].title,
                    "url": self._url(answer.sources[number - 1]),
                },
            }
            for found in _MARKER.finditer(claims)
            if 0 < (number := int(found[1])) <= len(answer.sources)
        ]
        return content, annotations

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The reply in one piece; `citations` are ours."""
        content, annotations = self.reply(answer)
        message = {
            "role": "assistant",
            "content": content,
            "refusal": None,
            "annotations": annotations,
        }
        return self._head("chat.completion") | {
            "choices": [
                {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
            ],
            "usage": _usage(answer),
            "citations": citations_of(answer),
        }

    def chunk(self, delta: dict[str, Any], *, finished: bool = False) -> dict[str, Any]:
        """A piece of the reply as it is streamed."""
        choice = {"index": 0, "delta": delta, "finish_reason": "stop" if finished else None}
        return self._head("chat.completion.chunk") | {"choices": [choice]}

    def usage_chunk(self, answer: Answer) -> dict[str, Any]:
        """The last chunk, for who asked for the usage."""
        return self._head("chat.completion.chunk") | {"choices": [], "usage": _usage(answer)}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}

    def _url(self, citation: Citation) -> str:
        """Where it came from on the web, or else the document here."""
        if is_address(citation.source):
            return citation.source
        return f"{self.base}api/v1/documents/{citation.document_id}"


def citations_of(answer: Answer) -> list[dict[str, Any]]:
    """The sources with their numbers, from 1, and their exact places."""
    return [
        {"number": number, **to_jsonable_python(asdict(citation))}
        for number, citation in enumerate(answer.sources, start=1)
    ]


def _usage(answer: Answer) -> dict[str, int]:
    """Tokens of the language model that wrote; none where the answer is made of quotes."""
    prompt, completion = answer.trace.prompt_tokens, answer.trace.completion_tokens
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
