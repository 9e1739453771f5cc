"""The HTTP interface as one application: its paths, its errors, its own description."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBearer

from pincite.api import adding, asking, chat, conversations, documents, problems
from pincite.api.models import Health
from pincite.api.reference import POLICY, render_reference
from pincite.api.service import Service, service_of

ROOT = "/api/v1"
# Every path that is the interface's and not the page's begins with one of these.
PREFIXES = (f"{ROOT}/", "/v1/")
_SUMMARY = "Asks the documents of a library; every claim is pinned to the sentence it rests on."

# Told to readers of the description; the gate is what asks.
_KEY = HTTPBearer(auto_error=False, description="A key of `pincite keys add`, where one is asked.")

router = APIRouter()


@router.get("/health", tags=["server"])
def health(request: Request) -> Health:
    """That the server answers, and how much it holds."""
    return Health(
        version=version("pincite"), documents=len(service_of(request).assistant.documents())
    )


@router.get("/docs", include_in_schema=False)
def reference(request: Request) -> HTMLResponse:
    """All of this as a page that fetches nothing."""
    schema: dict[str, Any] = request.app.openapi()
    return HTMLResponse(render_reference(schema), headers={"content-security-policy": POLICY})


def make_api(service: Service) -> FastAPI:
    """The application around an open assistant; whoever serves it says who a visitor is."""
    app = FastAPI(
        title="Pincite",
        summary=_SUMMARY,
        version=version("pincite"),
        openapi_url=f"{ROOT}/openapi.json",
        docs_url=None,  # these two fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(_KEY)],
    )
    app.state.service = service
    for part in (asking.router, conversations.router, documents.router, adding.router, router):
        app.include_router(part, prefix=ROOT)
    app.include_router(chat.router, prefix="/v1")
    problems.install(app)
    return app
