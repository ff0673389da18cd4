"""phototag name-cluster."""

from __future__ import annotations

import shlex
import time

from phototag import wiring
from phototag.app import sentences
from phototag.app.name import name_cluster as give_name
from phototag.cli import options, render
from phototag.settings import load


def name_cluster(
    cluster: options.ClusterId, name: options.As, library: options.Library = None, index: options.Index = None
) -> None:
    """Say who a group is.

    All its faces get the name, and faces elsewhere that look alike are tagged at once. Photos that come later are
    tagged by the scan. Nothing that you say here is ever lost.
    """
    settings = load(library, index)
    with wiring.writing(settings, "name-cluster", render.note) as opened:
        report = give_name(opened, cluster, name, time.time_ns())
    for sentence in sentences.named(cluster, report):
        render.out(sentence)
    if report.suggested:
        render.out(f"{sentences.may_be(report)} Answer:   {render.command('review')}")
    render.out(f"\nTheir photos:     {render.command('find', shlex.quote(report.name))}")
    render.out(f"The next group:   {render.command('clusters')}")
    if report.decision is not None:
        render.out(f"Take it back:     {render.command('undo')}   (decision {report.decision})")
