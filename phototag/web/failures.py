"""Errors as HTTP has them: a status, and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from phototag.errors import (
    EditedError,
    ExitCode,
    LockedError,
    LossError,
    PhototagError,
    StoppedError,
    UnknownError,
    UsageError,
    WrongQueryError,
)
from phototag.web.text import Text

STATUS: Mapping[type[PhototagError], int] = {
    UnknownError: 404,
    UsageError: 400,
    LockedError: 409,
    EditedError: 409,
    LossError: 409,
    StoppedError: 409,
    PhototagError: 503,
}
"""The status of each way to stop, or of the nearest class above it: what cannot be read or written now is a 503."""

REFUSED, FAULT = "refused", "unexpected"
"""Codes of what is no way for a command to stop: what the guard refuses, and a fault of ours."""


class Failure(BaseModel):
    """What went wrong.

    Attributes:
        error: a sentence for a person: what happened, and what to do.
        code: the name of the exit code that a command would end with, in small letters, or "refused".
        at: of a query, the character that it is about, from 0.
    """

    error: Text
    code: str
    at: int | None = None


def response(status: int, error: str, code: str = REFUSED, at: int | None = None) -> JSONResponse:
    """An error as an answer."""
    return JSONResponse(Failure(error=error, code=code, at=at).model_dump(exclude_none=True), status)


def status_of(error: PhototagError) -> int:
    """The status of a way to stop."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def code_of(code: ExitCode) -> str:
    """An exit code as it is spelled here: "usage"."""
    return code.name.lower()


def answer_for(app: FastAPI) -> None:
    """Let an app answer with a Failure whatever goes wrong."""
    app.add_exception_handler(PhototagError, _stopped)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)


def _stopped(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PhototagError)
    code = code_of(error.exit_code)
    if isinstance(error, WrongQueryError):
        return response(status_of(error), error.reason, code, error.at)
    return response(status_of(error), str(error), code)


def _invalid(_: Request, error: Exception) -> JSONResponse:
    """The first thing that is wrong with a request, without what was sent."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return response(422, f"{where}: {first['msg']}." if where else f"{first['msg']}.", code_of(ExitCode.USAGE))


def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return response(error.status_code, f"{error.detail}.".replace("..", "."), code_of(ExitCode.USAGE))
