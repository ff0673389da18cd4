"""The library as a whole: what it comes to, its scans, and what is there more than once."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse

from phototag.app.copies import duplicates
from phototag.app.overview import overview
from phototag.app.photographs import ids_at
from phototag.app.scan import ScanReport
from phototag.app.searches import FILE as SEARCHES
from phototag.web.api.asking import Served
from phototag.web.jobs import Jobs
from phototag.web.pages import drawing, words
from phototag.web.pages.drawing import drawn
from phototag.web.pages.people import Page

router = drawing.router()

FAMILIES = 60
"""Photos with their copies, on one page."""

_KINDS: Mapping[str, str] = {
    "new": "new",
    "changed": "changed",
    "moved": "moved",
    "gone": "gone",
    "unchanged": "as before",
    "duplicates": "there twice",
}
"""Kinds of files in the report of a scan, and how they read behind a number."""


@router.get("/library")
def status(request: Request, library: Served) -> HTMLResponse:
    """What the library comes to, and a scan that runs, ran last, or may be started."""
    jobs: Jobs = request.app.state.jobs
    with library.reading() as index:
        found = overview(index)
        copies = duplicates(index)
    last = next((job for job in jobs.listed() if job.kind == "scan"), None)
    return drawn(
        request,
        "library.html",
        overview=found,
        copies=copies,
        scanned=None if found.scanned_ns is None else words.moment(found.scanned_ns),
        folder=library.settings.index,
        searches=SEARCHES,
        last=None if last is None or last is jobs.running() else last,
        came=None if last is None or last.report is None else came_of(last.report),
        writer=library.writer(),
    )


@router.get("/duplicates")
def copies(request: Request, library: Served, page: Page = 1) -> HTMLResponse:
    """Photos that are there more than once, by path; the original of each first."""
    with library.reading() as index:
        found = duplicates(index)
        pages = max(-(-len(found.files) // FAMILIES), 1)
        page = min(page, pages)
        families = found.files[(page - 1) * FAMILIES : page * FAMILIES]
        ids = ids_at(index, [copy.path for family in families for copy in family])
    return drawn(request, "duplicates.html", copies=found, families=families, ids=ids, page=page, pages=pages)


def came_of(report: ScanReport) -> str:
    """What a scan saw: "5 photos: 1 new, 4 as before."."""
    told = [f"{n:,} {said}" for kind, said in _KINDS.items() if (n := getattr(report, kind))]
    unusable = [f"{len(report.problems):,} not usable"] if report.problems else []
    return f"{words.count(report.seen, 'photo')}: {', '.join(told + unusable)}." if report.seen else "No photo."
