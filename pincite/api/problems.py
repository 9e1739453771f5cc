"""Errors as a program reads them: a status, and the sentence that a person would get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from index import errors
from index.errors import PinciteError, RateLimited

MEDIA_TYPE = "application/problem+json"
# Paths that speak as OpenAI's do, errors included.
OPENAI_PATHS = "/v1/"
INNER_FAULT = (
    "Something went wrong inside Pincite. Nothing in the library was changed. The terminal that "
    "runs this server shows what happened; asking again may work."
)
# The first class of these that an error is, or is a kind of.
STATUS: Mapping[type[PinciteError], int] = {
    errors.PinciteError: 500,
    errors.UsageError: 400,
    errors.SettingsError: 400,
    errors.QuestionError: 422,
    errors.UnknownDocument: 404,
    errors.UnknownConversation: 404,
    errors.SourceNotFound: 404,
    errors.RateLimited: 429,
    errors.DatasetError: 422,
    errors.LibraryError: 503,
    errors.LibraryNotFound: 503,
    errors.LibraryLocked: 503,
    errors.LibraryUnwritable: 507,
    errors.LibraryDamaged: 500,
    errors.ModelMismatch: 409,
    errors.LibraryClosed: 503,
    errors.DocumentError: 422,
    errors.EmptyDocument: 422,
    errors.UnsupportedFormat: 415,
    errors.BrokenDocument: 422,
    errors.ProtectedDocument: 422,
    errors.OversizedDocument: 413,
    errors.FetchFailed: 502,
    errors.ModelError: 503,
    errors.WeightsMissing: 503,
    errors.WeightsAltered: 503,
    errors.EndpointError: 502,
    errors.EndpointUnreachable: 504,
    errors.EndpointRefused: 502,
}


class Refused(HTTPException):
    """A request that cannot be served for a reason of HTTP: its status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status_code=status, detail=sentence)


def status_of(error: PinciteError) -> int:
    """The status of an error, that of its nearest kind for one that has none of its own."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(error: Exception) -> dict[str, object]:
    """The error as RFC 9457 has it; `error` is the name of its class."""
    status, detail = 500, INNER_FAULT
    if isinstance(error, PinciteError):
        status, detail = status_of(error), str(error)
    elif isinstance(error, Refused):
        status, detail = error.status_code, error.detail
    return {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "error": type(error).__name__ if isinstance(error, PinciteError) else "Refused",
    }


def respond(error: Exception, *, path: str = "") -> JSONResponse:
    """The error as a response; in OpenAI's form where the path is one of theirs."""
    told = problem(error)
    status = told["status"]
    assert isinstance(status, int)
    headers = {"cache-control": "no-store"}
    if isinstance(error, RateLimited):
        headers["retry-after"] = str(round(error.seconds))
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if path.startswith(OPENAI_PATHS):
        kind = "server_error" if status >= 500 else "invalid_request_error"
        body = {"message": told["detail"], "type": kind, "param": None, "code": told["error"]}
        return JSONResponse({"error": body}, status_code=status, headers=headers)
    return JSONResponse(told, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Makes every error of the application's endpoints a problem."""

    @app.exception_handler(PinciteError)
    @app.exception_handler(Refused)
    @app.exception_handler(Exception)  # the last door; the log has the traceback
    def failed(request: Request, error: Exception) -> JSONResponse:
        return respond(error, path=request.url.path)

    @app.exception_handler(RequestValidationError)
    def misused(request: Request, error: RequestValidationError) -> JSONResponse:
        return respond(Refused(422, _first(error.errors())), path=request.url.path)

    @app.exception_handler(HTTPException)
    def unknown(request: Request, error: HTTPException) -> JSONResponse:
        sentence = {
            404: f"There is nothing at {request.url.path}: see /api/v1/docs for what there is.",
            405: f"{request.method} is not possible at {request.url.path}: see /api/v1/docs.",
        }.get(error.status_code, str(error.detail))
        return respond(Refused(error.status_code, sentence), path=request.url.path)


def _first(found: Iterable[Mapping[str, object]]) -> str:
    """What is wrong with a request, in one sentence."""
    first = next(iter(found))
    place = first["loc"]
    assert isinstance(place, tuple)
    where = ".".join(str(part) for part in place[1:]) or "the request"
    return f"{where}: {str(first['msg']).rstrip('.')}. See /api/v1/docs for what is expected."


def _title(status: int) -> str:
    from http import HTTPStatus

    return HTTPStatus(status).phrase
