"""Groups of unknown faces, and how a person or group falls apart."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from phototag.app import correct, sentences, splits
from phototag.app.groups import Glance, glances, unknown_numbers
from phototag.app.name import name_cluster
from phototag.app.subject import require_subject
from phototag.errors import UnknownError
from phototag.web.api import models
from phototag.web.api.asking import PAGE, Limit, Number, Offset, Served, decided, now_ns

router = APIRouter(tags=["clusters"])


@router.get("/clusters", operation_id="listClusters")
def clusters(library: Served, limit: Limit = PAGE, offset: Offset = 0) -> models.Clusters:
    """Groups of unknown faces, the largest first."""
    with library.reading() as index:
        total, found = len(unknown_numbers(index)), glances(index, slice(offset, offset + limit))
    return models.Clusters(total=total, clusters=[_cluster(group) for group in found])


@router.get("/clusters/{cluster}", operation_id="getCluster")
def one(library: Served, cluster: Number) -> models.Cluster:
    """One group of unknown faces. Its faces: `/faces?cluster=`."""
    with library.reading() as index:
        numbers = unknown_numbers(index)
        if cluster not in numbers:
            raise UnknownError(f"There is no unknown group {cluster}.")
        at = numbers.index(cluster)
        (found,) = glances(index, slice(at, at + 1))
    return _cluster(found)


@router.post("/clusters/{cluster}/name", operation_id="nameCluster")
def name(library: Served, cluster: Number, wish: models.Naming) -> models.Decided:
    """Say who a group is; look-alikes are tagged at once."""
    with library.writing() as index:
        report = name_cluster(index, cluster, wish.name, now_ns())
    said = sentences.named(cluster, report) + ([sentences.may_be(report)] if report.suggested else [])
    return models.Decided(decision=report.decision, said="\n".join(said))


@router.get("/splits", operation_id="proposeSplit")
def propose(
    library: Served, who: Annotated[str, Query(max_length=1_000, description="A person's name, or a group's number.")]
) -> models.Proposal:
    """How the faces of a person or group fall apart. Nothing is changed."""
    with library.reading() as index:
        found = require_subject(index, who)
        proposal = splits.propose(index, found)
    return models.Proposal(
        who=found.called,
        stay=[face.id for face in proposal.stay],
        leave=[[face.id for face in part] for part in proposal.leave],
    )


@router.post("/splits", operation_id="split")
def split(library: Served, wish: models.Splitting) -> models.Decided:
    """Say that some faces of a person or group are somebody else; without faces, as it is proposed."""
    with library.writing() as index:
        found = require_subject(index, wish.who)
        listed = wish.faces
        proposal = splits.propose(index, found) if listed is None else splits.listed(index, found, listed)
        outcome = correct.split(index, found, proposal.leave, now_ns())
    return decided(outcome, sentences.split(outcome.words), sentences.UNCHANGED)


def _cluster(group: Glance) -> models.Cluster:
    guess = group.suggestion
    return models.Cluster(
        id=group.id,
        faces=len(group.faces),
        photos=group.photos,
        suggestion=None if guess is None else models.Guess(person=guess.person, distance=round(guess.distance, 4)),
        sample=list(group.sample),
    )
