"""phototag name-cluster."""

from __future__ import annotations

import shlex
import time

from phototag import wiring
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
    faces, photos = render.count(report.faces, "face"), render.count(report.photos, "photo")
    if report.faces:
        render.out(f"{faces} on {photos} {'is' if report.faces == 1 else 'are'} {report.name} now.")
    else:
        render.out(f"Group {cluster} is {report.name} already.")
    if report.faces and report.before:
        render.out(f"{report.name} was there already, with {render.count(report.before, 'face')} that you named.")
    if report.faces and report.together:
        on = render.count(report.together, "photo")
        render.out(f"On {on} there are several of them. If that is no mirror and no collage, take it back.")
    if report.auto_tagged:
        render.out(
            f"{render.count(report.auto_tagged, 'look-alike')} on {render.count(report.auto_photos, 'photo')} "
            f"tagged automatically."
        )
    if report.suggested:
        more = render.count(report.suggested, "more face")
        render.out(f"{more} may be {report.name}. Answer:   {render.command('review')}")
    render.out(f"\nTheir photos:     {render.command('find', shlex.quote(report.name))}")
    render.out(f"The next group:   {render.command('clusters')}")
    if report.decision is not None:
        render.out(f"Take it back:     {render.command('undo')}   (decision {report.decision})")
