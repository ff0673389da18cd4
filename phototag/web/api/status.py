"""The library as a whole: what it comes to, what could not be used, what is there more than once."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from phototag import __version__
from phototag.app.copies import Copy, duplicates
from phototag.app.overview import overview
from phototag.app.problems import listing
from phototag.errors import PhotoProblem
from phototag.web.api import models
from phototag.web.api.asking import PAGE, Limit, Offset, Served
from phototag.web.text import readable

router = APIRouter(tags=["library"])


@router.get("/status", operation_id="status")
def status(library: Served) -> models.Status:
    """What the library comes to, as of the last scan."""
    with library.reading() as index:
        found = overview(index)
    return models.Status(
        version=__version__,
        library=str(readable(str(found.root))),
        read_only=library.read_only,
        engine=None if found.space is None else found.space.engine,
        photos=found.photos,
        faces=found.faces,
        people=found.people,
        clusters=found.clusters,
        auto_tagged=found.auto_tagged,
        problems=found.problems,
    )


@router.get("/problems", operation_id="listProblems")
def problems(library: Served, passed_over: bool = False) -> models.Problems:
    """Files that could not be used, and why; also what is passed over, if that is asked for."""
    with library.reading() as index:
        found = listing(index)
    return models.Problems(
        problems=_problems(found.problems), passed_over=_problems(found.passed_over) if passed_over else None
    )


def _problems(found: Sequence[PhotoProblem]) -> list[models.Problem]:
    return [models.Problem(path=_path(one.path), reason=one.reason) for one in found]


@router.get("/duplicates", operation_id="listDuplicates")
def list_duplicates(library: Served, limit: Limit = PAGE, offset: Offset = 0) -> models.Duplicates:
    """Photos that are there more than once, by path; the original of each first."""
    with library.reading() as index:
        found = duplicates(index)
    page = found.files[offset : offset + limit]
    return models.Duplicates(
        total=len(found.files),
        spare_bytes=found.spare_bytes,
        duplicates=[[_duplicate(copy) for copy in family] for family in page],
    )


def _duplicate(copy: Copy) -> models.Duplicate:
    same = "picture" if copy.is_same else "copy"
    return models.Duplicate.model_validate(
        {"path": copy.path, "same": same, "size": (copy.width, copy.height), "bytes": copy.size}
    )


def _path(path: bytes) -> str:
    return str(readable(path))
