"""phototag people, faces."""

from __future__ import annotations

from dataclasses import asdict

from phototag import wiring
from phototag.app.export import face_record, to_json
from phototag.app.known import (
    FaceQuery,
    KnownFace,
    ignored_people,
    known_faces,
    known_people,
    known_space,
)
from phototag.cli import options, render
from phototag.settings import load


def people(library: options.Library = None, index: options.Index = None, json: options.Json = False) -> None:
    """List the people who have a name, the most photographed first."""
    with wiring.reading(load(library, index)) as opened:
        found = known_people(opened)
        hidden = not found and any(one.name for one in ignored_people(opened))
    if json:
        render.out(to_json({"people": [asdict(p) for p in found]}))
    elif found:
        rows = [[p.name, *map(str, (p.faces, p.photos, p.confirmed, p.suggested))] for p in found]
        render.out(render.table(["name", "faces", "photos", "confirmed", "to ask"], rows, right=(1, 2, 3, 4)))
        render.out(f"\nSomebody's photos:   {render.command('find', 'NAME')}")
    else:
        who = "Everybody who has a name is ignored" if hidden else "Nobody has a name yet"
        render.out(f"{who}. See the groups: {render.command('clusters', '--sheets')}")


def faces(
    photo: options.Photo = None,
    person: options.PersonName = None,
    cluster: options.Cluster = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> None:
    """List faces with all that is known of them.

    They come by path and from left to right.
    """
    with wiring.reading(load(library, index)) as opened:
        found = known_faces(opened, FaceQuery(photo, person, cluster))
        space = known_space(opened)
    if json:
        shape = None if space is None else {"engine": space.engine, "dim": space.dim, "metric": space.metric}
        document = {"library": str(opened.root), "space": shape, "faces": [_document(face) for face in found]}
        render.out(to_json(document))
    elif found:
        render.out(
            render.table(
                ["face", "group", "person", "says", "distance", "photo"], [_row(f) for f in found], right=(1, 4)
            )
        )
    else:
        render.out("No such face.")


def _document(face: KnownFace) -> dict[str, object]:
    record = face_record(face)
    return {"id": record.pop("id"), "photo": render.raw(face.path), **record}


def _row(face: KnownFace) -> list[str]:
    group = "" if face.cluster is None else str(face.cluster)
    distance = "" if face.distance is None else f"{face.distance:.2f}"
    says = face.source or ("ignored" if face.ignored else "")
    return [face.id, group, face.person or "", says, distance, render.path(face.path)]
