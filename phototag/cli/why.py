"""phototag why."""

from __future__ import annotations

from phototag import wiring
from phototag.app.evaluate import OFF
from phototag.app.export import to_json
from phototag.app.known import KnownFace
from phototag.app.why import Why
from phototag.app.why import why as explain
from phototag.cli import options, render
from phototag.settings import load


def why(
    face: options.FaceId, library: options.Library = None, index: options.Index = None, json: options.Json = False
) -> None:
    """Explain why a face carries a name, or none.

    References, distances, runner-up, margin, what you said, the rule that decided, and what would change it.
    """
    with wiring.reading(load(library, index)) as opened:
        found = explain(opened, face)
    if json:
        render.out(to_json(_document(found)))
    else:
        _tell(found)


def _tell(found: Why) -> None:
    face = found.face
    render.out(f"Face {face.id} on {render.path(face.path)}: {_who(face)}")
    render.out(found.because)
    for change in found.changes:
        render.out(f"  {change}")
    if found.candidates:
        rows = [
            [c.name, f"{c.distance:.3f}", ", ".join(f"{r.face} {r.distance:.2f}" for r in c.references)]
            for c in found.candidates
        ]
        render.out("\n" + render.table(["person", "distance", "nearest references"], rows, right=(1,)))
        margin = "nobody else is known" if found.margin is None else f"the runner-up is {found.margin:.3f} farther"
        tagged = "never tagged unasked" if found.strong == OFF else f"tagged up to {found.strong:.3f}"
        render.out(f"\nScore {found.score:.3f} ({margin}); {tagged}, asked up to {found.possible:.3f}.")
    if found.refused:
        render.out(f"You said that it is not {', '.join(found.refused)}.")
    mates = f", {found.group_distance:.3f} from its nearest faces" if found.group_distance is not None else ""
    render.out(
        f"Group {face.cluster} of {render.count(found.group_faces, 'face')}{mates}."
        if found.group_faces
        else "In no group."
    )
    if face.is_drawn:
        return
    weak = ": it may join a group, but found none" if found.is_weak else ""
    render.out(f"Quality {face.quality:.2f}, detector's score {face.score:.3f}{weak}.")


def _who(face: KnownFace) -> str:
    if face.is_tagged and face.person:
        return face.person
    return "ignored" if face.ignored else "nobody known"


def _document(found: Why) -> dict[str, object]:
    face = found.face
    return {
        "face": face.id,
        "photo": render.raw(face.path),
        "person": face.person if face.is_tagged else None,
        "rule": found.rule,
        "because": found.because,
        "changes": list(found.changes),
        "candidates": [
            {
                "person": c.name,
                "distance": round(c.distance, 4),
                "references": [
                    {"face": r.face, "photo": render.raw(r.path), "distance": round(r.distance, 4)}
                    for r in c.references
                ],
            }
            for c in found.candidates
        ],
        "margin": _rounded(found.margin),
        "score": _rounded(found.score),
        "limits": {"strong": _rounded(found.strong), "possible": found.possible},
        "refused": list(found.refused),
        "cluster": face.cluster,
        "cluster_distance": _rounded(found.group_distance),
        "quality": face.quality,
        "weak": found.is_weak,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
