"""phototag split."""

from __future__ import annotations

import time

from phototag import wiring
from phototag.app import correct, sentences, splits
from phototag.app.splits import Proposal
from phototag.app.subject import Subject, require_subject
from phototag.cli import options, render
from phototag.cli.decision import tell, writing
from phototag.settings import load


def split(
    subject: options.SubjectName,
    faces: options.SomeFaces = None,
    apply: options.Apply = False,
    library: options.Library = None,
    index: options.Index = None,
) -> None:
    """Say that some faces of a person or group are somebody else.

    List the faces, and they become a group of their own. Without a list, phototag proposes who is who and draws it;
    --apply does what it proposes.
    """
    settings = load(library, index)
    if not faces and not apply:
        with wiring.reading(settings) as opened:
            found = require_subject(opened, subject)
            proposal = splits.propose(opened, found)
            _propose(found, proposal, str(splits.draw(opened, found, proposal)))
        return
    with writing("split", library, index) as opened:
        found = require_subject(opened, subject)
        proposal = splits.listed(opened, found, faces) if faces else splits.propose(opened, found)
        outcome = correct.split(opened, found, proposal.leave, time.time_ns())
    words = outcome.words
    tell(outcome, sentences.split(words))
    render.out(f"Look at them:     {render.command('faces', '--cluster', words['groups'][0])}")
    render.out(f"Say who it is:    {render.command('name-cluster', words['groups'][0], '--as', 'NAME')}")


def _propose(subject: Subject, proposal: Proposal, picture: str) -> None:
    rows = [[subject.called, str(len(proposal.stay)), " ".join(f.id for f in proposal.stay[:3])]]
    for part in proposal.leave:
        rows.append(["somebody else", str(len(part)), " ".join(face.id for face in part[:3])])
    render.out(render.table(["who", "faces", "such as"], rows, right=(1,)))
    render.out(f"\nLook at it:       {picture}")
    render.out(f"Do it:            {render.command('split', subject.typed, '--apply')}")
    render.out(f"Or say who goes:  {render.command('split', subject.typed, 'FACE...')}")
