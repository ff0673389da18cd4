"""What every endpoint asks for: the library, and a page of a list."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from phototag.app.decide import Outcome
from phototag.app.sentences import SAID_BEFORE
from phototag.web.api import models
from phototag.web.failures import Failure
from phototag.web.library import Library

PAGE, LONGEST_PAGE = 100, 1_000
"""Things on a page, usually and at most."""

FAILURES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failure, "description": "It makes no sense here; the sentence says why"},
    404: {"model": Failure, "description": "There is no such person, group, face, photo, decision or job"},
    409: {"model": Failure, "description": "Something else is being written; try again in a moment"},
    422: {"model": Failure, "description": "It is not of the form that is described here"},
    503: {"model": Failure, "description": "The library or its index cannot be used now"},
}
"""The errors of every endpoint, for OpenAPI."""


async def library_of(request: Request) -> Library:
    """The library that is served."""
    library: Library = request.app.state.library
    return library


Served = Annotated[Library, Depends(library_of)]
Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="How many, at most.")]
Offset = Annotated[int, Query(ge=0, le=models.MOST, description="How many to leave out at the beginning.")]
FaceId = Annotated[str, Path(pattern=r"^[0-9a-f]{4,16}$", description="A face's id, or the beginning of it.")]
PhotoId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="A picture's id.")]
Number = Annotated[int, Path(ge=1, le=models.MOST)]
QueryText = Annotated[str, Query(max_length=10_000, examples=["ann & !bob"], description="As for `phototag find`.")]


def now_ns() -> int:
    """Now, nanoseconds since the epoch."""
    return time.time_ns()


def decided(outcome: Outcome, done: str, before: str = SAID_BEFORE) -> models.Decided:
    """What came of a decision."""
    return models.Decided(decision=outcome.decision, said=before if outcome.decision is None else done)


def rounded(value: float | None) -> float | None:
    """A distance with as many digits as mean something."""
    return None if value is None else round(value, 4)
