"""Scans, maps that are drawn, and training: started and followed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import StreamingResponse

from phototag.app.scan import ScanReport
from phototag.app.train import Tried
from phototag.web.api import models
from phototag.web.api.asking import Served, rounded
from phototag.web.jobs import Job, Jobs, State
from phototag.web.scanning import Learned

router = APIRouter(tags=["jobs"])

LOOK_S, ALIVE_S = 0.1, 15.0
"""How often events look at a job, and how often they say that they are still there."""

KINDS = ("seen", "new", "changed", "moved", "gone", "unchanged", "duplicates")


async def jobs_of(request: Request) -> Jobs:
    """The jobs of the server."""
    jobs: Jobs = request.app.state.jobs
    return jobs


Known = Annotated[Jobs, Depends(jobs_of)]
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]


@router.post("/jobs/scan", operation_id="startScan", status_code=202)
def scan(jobs: Known, wish: models.Scanning) -> models.Job:
    """Start a scan; one runs at a time. Decisions have to wait until it is done."""
    return job_model(jobs.start(wish.force))


@router.post("/jobs/train", operation_id="startTraining", status_code=202)
def train(jobs: Known, wish: models.Training) -> models.Job:
    """Try a classifier, or a metric, on the faces that a human named, and keep it; without a name, try all of them."""
    return job_model(jobs.train(wish.name, wish.precision))


@router.get("/jobs", operation_id="listJobs")
def listed(jobs: Known, library: Served) -> models.Jobs:
    """The last jobs, the newest first, and whether another program writes the index."""
    return models.Jobs(jobs=[job_model(job) for job in jobs.listed()], writer=library.writer())


@router.get("/jobs/{job}", operation_id="getJob")
def one(jobs: Known, job: JobId) -> models.Job:
    """How far a job is, and what it came to."""
    return job_model(jobs.require(job))


@router.delete("/jobs/{job}", operation_id="stopJob", status_code=202)
def stop(jobs: Known, job: JobId) -> models.Job:
    """Stop a job. Nothing is lost: the next scan goes on where it was."""
    found = jobs.require(job)
    found.stop.set()
    return job_model(found)


@router.get("/jobs/{job}/events", operation_id="followJob", response_class=StreamingResponse)
def events(jobs: Known, job: JobId) -> StreamingResponse:
    """How far a job is, as server-sent events: `progress` with a Job whenever something changes, then one `end`."""
    return StreamingResponse(_events(jobs, jobs.require(job)), media_type="text/event-stream")


async def _events(jobs: Jobs, job: Job) -> AsyncIterator[str]:
    told, quiet_s = None, 0.0
    while not jobs.is_closing:
        state, step = job.state, job.step
        if state is not State.RUNNING:
            yield f"event: end\ndata: {job_model(job).model_dump_json()}\n\n"
            return
        if step is not told:
            told, quiet_s = step, 0.0
            yield f"event: progress\ndata: {job_model(job).model_dump_json()}\n\n"
        elif quiet_s >= ALIVE_S:
            quiet_s = 0.0
            yield ": still there\n\n"
        await asyncio.sleep(LOOK_S)
        quiet_s += LOOK_S


def job_model(job: Job) -> models.Job:
    """A job for the answer."""
    step = job.step
    return models.Job(
        id=job.id,
        kind=job.kind,
        state=job.state.value,
        label=step.label,
        done=step.done,
        total=step.total,
        unit=step.unit,
        seconds=round(job.seconds, 3),
        error=job.error,
        code=job.code,
        report=None if job.report is None else _summary(job.report),
        learned=None if job.learned is None else _learned(job.learned),
    )


def _learned(came: Learned) -> models.Learned:
    return models.Learned(
        people=came.found.people,
        faces=came.found.faces,
        precision=came.found.precision,
        tags_now=_tried(came.found.shipped),
        classifiers=[_tried(row) for row in came.found.rows],
        missing=list(came.found.missing),
        best=came.found.best,
        advice=came.advice,
        kept=rounded(came.kept),
    )


def _tried(row: Tried) -> models.Tried:
    return models.Tried(
        name=row.name,
        right_first=round(row.right_first, 4),
        limit=rounded(row.limit),
        precision=rounded(row.quality.precision),
        recall=rounded(row.quality.recall),
        strangers_named=round(row.strangers_named, 2),
    )


def _summary(report: ScanReport) -> models.ScanSummary:
    return models.ScanSummary(
        photos={kind: getattr(report, kind) for kind in KINDS},
        copies=report.copies,
        faces=report.faces,
        clusters=report.clusters,
        auto_tagged=report.auto_tagged,
        problems=len(report.problems),
    )
