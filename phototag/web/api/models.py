"""What the API takes and gives, with an example of each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from phototag.web.text import Text

MOST = 10**18
"""No group and no decision has such a number; SQLite could not even be asked for one much greater."""

QUESTION = r"^[0-9a-f]{16}$"
"""The id of a question."""

FACES_AT_ONCE = 10_000
"""Of one decision."""

Name = Annotated[str, Field(min_length=1, max_length=1_000, examples=["ann"])]
FaceId = Annotated[str, Field(pattern=r"^[0-9a-f]{4,16}$", examples=["3f9c2a71e0b4d586"])]
FaceIds = Annotated[list[FaceId], Field(min_length=1, max_length=FACES_AT_ONCE)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Number = Annotated[int, Field(ge=1, le=MOST, examples=[3])]


class Given(BaseModel):
    """Something that is sent to us: what we do not know is an error, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Renaming(Given):
    """Call a person something else."""

    name: Name
    new: Name


class Merging(Given):
    """Names of people or numbers of groups, two or more."""

    who: Annotated[list[Name], Field(min_length=2, max_length=1_000, examples=[["ann", "3"]])]


class Subject(Given):
    """A person's name, or a group's number."""

    who: Name


class Naming(Given):
    """Who a group is."""

    name: Name


class Moving(Given):
    """Who some faces are."""

    faces: FaceIds
    name: Name


class Faces(Given):
    """Some faces."""

    faces: FaceIds


class Confirming(Given):
    """Faces, or a person all of whose automatic tags are right: one of both."""

    faces: FaceIds | None = None
    person: Name | None = None


class Unenrolling(Given):
    """Names of people who are enrolled, or pictures by the beginning of their hash."""

    who: Annotated[list[Name], Field(min_length=1, max_length=1_000, examples=[["ann"]])]


class Splitting(Given):
    """Whose faces are taken apart; without faces, as it is proposed."""

    who: Name
    faces: FaceIds | None = None


class Answering(Given):
    """The answer to a question: yes, no, or the name of somebody (then `name` has it)."""

    question: Annotated[str, Field(pattern=QUESTION, examples=["a3c5e7f901b2d4f6"])]
    answer: Literal["yes", "no", "name"]
    name: Name | None = None


class Saving(Given):
    """A query, and what to call it."""

    name: Name
    query: Annotated[str, Field(max_length=10_000, examples=["ann & bob"])]


class Undoing(Given):
    """Which decision; none for the newest that holds."""

    decision: Number | None = None
    with_later: bool = False


class Redoing(Given):
    """Which decision; none for the one that was taken back last."""

    decision: Number | None = None


class Drawing(Given):
    """A box (left, top, right, bottom) as fractions of the upright picture, and whose face is in it.

    With `instead`, a face that was drawn before is here now.
    """

    place: Annotated[list[Fraction], Field(min_length=4, max_length=4, examples=[[0.41, 0.2, 0.53, 0.37]])]
    name: Name | None = None
    instead: FaceId | None = None


class Present(Given):
    """Who is on a photo, or is not."""

    name: Name


class Scanning(Given):
    """How to scan."""

    force: bool = False


class Training(Given):
    """What to train: a classifier, or "triplet", a metric; null tries every classifier and keeps none."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["softmax"])] | None = None
    precision: Annotated[float, Field(ge=0.5, lt=1)] = 0.99


class Decided(BaseModel):
    """What came of a decision: its number, by which it can be taken back, or null where nothing changed."""

    decision: int | None = Field(examples=[12])
    said: Text = Field(examples=["2 faces are elon now."])


class Drawn(Decided):
    """What came of drawing a face, and the id of the face that lies there now."""

    face: str = Field(examples=["3f9c2a71e0b4d586"])


class Status(BaseModel):
    """The library as of the last scan."""

    version: str
    library: Text
    read_only: bool
    engine: str | None
    photos: int
    faces: int
    people: int
    clusters: int
    auto_tagged: int
    problems: int


class Person(BaseModel):
    """Somebody with a name; the numbers are as in `phototag people --json`."""

    name: Text
    faces: int
    photos: int
    confirmed: int
    suggested: int


class People(BaseModel):
    """Everybody with a name, the most photographed first."""

    people: list[Person]


class IgnoredPerson(BaseModel):
    """Somebody of whom nobody wants to hear."""

    name: Text | None
    cluster: int | None
    called: Text
    faces: int
    alike: int


class Ignored(BaseModel):
    """Whom nobody wants to hear of, those with most faces first."""

    ignored: list[IgnoredPerson]


class Guess(BaseModel):
    """Who somebody may be."""

    person: Text
    distance: float


class Cluster(BaseModel):
    """A group of unknown faces, as in `phototag clusters --json`."""

    id: int
    faces: int
    photos: int
    suggestion: Guess | None
    sample: list[str]


class Clusters(BaseModel):
    """Some of the groups, the largest first, and how many there are in all."""

    total: int
    clusters: list[Cluster]


class Face(BaseModel):
    """A face: as in `phototag faces --json`, and where it is as fractions of the upright picture."""

    id: str
    photo: str
    path: Text
    box: tuple[int, int, int, int]
    place: tuple[float, float, float, float]
    score: float
    quality: float
    cluster: int | None
    person: Text | None
    suggestion: Text | None
    source: Literal["human", "auto", "suggested"] | None
    distance: float | None
    runner_up: Guess | None
    ignored: bool
    drawn: bool


class FacePage(BaseModel):
    """Some faces, and how many there are in all."""

    total: int
    faces: list[Face]


class Reference(BaseModel):
    """A named face that counted."""

    face: str
    path: Text
    distance: float


class Candidate(BaseModel):
    """Somebody whom a face may be."""

    person: Text
    distance: float
    references: list[Reference]


class Why(BaseModel):
    """Why a face carries a name, or none, as in `phototag why --json`."""

    face: Face
    rule: str
    because: Text
    changes: list[Text]
    candidates: list[Candidate]
    margin: float | None
    score: float | None
    strong: float | None
    possible: float
    refused: list[Text]
    group_faces: int
    group_distance: float | None
    weak: bool


class PhotoEntry(BaseModel):
    """A picture in a list: its id, and the first path where it lies."""

    id: str
    path: Text


class PhotoPage(BaseModel):
    """Some pictures by path, how many there are in all, and the query as it was understood."""

    total: int
    query: Text | None
    photos: list[PhotoEntry]


class Photo(BaseModel):
    """A picture with all that is known of it, and which are before and after it in the list that was asked for."""

    id: str
    paths: list[Text]
    copy_of: str | None
    size: tuple[int, int]
    taken: str | None
    taken_from: str | None
    camera: Text | None
    place: tuple[float, float] | None
    people: list[Text]
    present: list[Text]
    collage: bool
    faces: list[Face]
    previous: str | None
    next: str | None


class Question(BaseModel):
    """Is this `person`? Who is this?, where it is null."""

    id: str
    person: Text | None
    distance: float | None
    cluster: int | None
    photos: int
    faces: list[str]
    references: list[str]


class Review(BaseModel):
    """The question that settles the most faces, of those not skipped; how many there are, and how many faces.

    `named` faces carry a name already. After `left_to_95` answers, the most faces first, 95 % of both are settled.
    """

    question: Question | None
    questions: int
    faces: int
    named: int
    left_to_95: int


class Proposal(BaseModel):
    """Who seems to be who: ids of the faces that stay, and of each one who would be split off."""

    who: Text
    stay: list[str]
    leave: list[list[str]]


class Decision(BaseModel):
    """One decision, as in `phototag history --json`."""

    id: int
    at: str
    kind: str
    text: Text
    of: int | None
    active: bool
    regroups: bool


class History(BaseModel):
    """Some decisions, the newest first, and how many there are in all."""

    total: int
    decisions: list[Decision]


class Undone(BaseModel):
    """What was taken back, or put back, the newest first."""

    said: Text
    decisions: list[Decision]


class Problem(BaseModel):
    """A file that could not be used, or is passed over, and why."""

    path: Text
    reason: Text


class Problems(BaseModel):
    """What is not a photo that could be read; `passed_over` only where it was asked for."""

    problems: list[Problem]
    passed_over: list[Problem] | None


class Duplicate(BaseModel):
    """A file that counts as a photo: the same picture bit by bit, or a copy."""

    path: Text
    same: Literal["picture", "copy"]
    size: tuple[int, int]
    bytes: int


class Duplicates(BaseModel):
    """Some of the photos that are there more than once, how many in all, and what all copies take."""

    total: int
    spare_bytes: int
    duplicates: list[list[Duplicate]]


class ScanSummary(BaseModel):
    """What a scan saw and did, as in `phototag scan --json`."""

    photos: dict[str, int]
    copies: int
    faces: int
    clusters: int
    auto_tagged: int
    problems: int


class Tried(BaseModel):
    """How a classifier did on named faces, as in `phototag train --json`; null where no limit gives the precision."""

    name: str
    right_first: float
    limit: float | None
    precision: float | None
    recall: float | None
    strangers_named: float


class Learned(BaseModel):
    """What training came to; `kept` is from which probability on what was kept names somebody, or null."""

    people: int
    faces: int
    precision: float
    tags_now: Tried
    classifiers: list[Tried]
    missing: list[str]
    best: str
    advice: Text
    kept: float | None


class Job(BaseModel):
    """Something that takes long, and how far it is."""

    id: str
    kind: Literal["scan", "map", "train"]
    state: Literal["running", "done", "stopped", "failed"]
    label: Text
    done: int
    total: int
    unit: str
    seconds: float
    error: Text | None
    code: str | None
    report: ScanSummary | None
    learned: Learned | None


class Jobs(BaseModel):
    """The last jobs, the newest first; and which other process writes the index now, such as a scan in a terminal."""

    jobs: list[Job]
    writer: Text | None


class Search(BaseModel):
    """A saved search, with the names that people have now."""

    name: Text
    query: Text


class Searches(BaseModel):
    """All saved searches, by name."""

    searches: list[Search]


class Saved(BaseModel):
    """What was done with a saved search, and the search."""

    said: Text
    search: Search


class Sighting(BaseModel):
    """A face on a photo that was sent.

    Attributes:
        box: left, top, right, bottom in pixels of the upright photo.
        place: the same as fractions of it.
        person: who it is, or null.
        perhaps: who it may be, or null.
        probability: that `person` is right, if a trained classifier was asked.
        nearest: who is nearest, however far; null where nobody is known.
        runner_up: the next nearest.
    """

    box: tuple[int, int, int, int]
    place: tuple[float, float, float, float]
    score: float
    quality: float
    person: Text | None
    perhaps: Text | None
    probability: float | None
    nearest: Guess | None
    runner_up: Guess | None


class Identified(BaseModel):
    """A photo that was sent, upright, and the faces on it from left to right."""

    width: int
    height: int
    faces: list[Sighting]


class Verified(BaseModel):
    """Whether the face on a photo is somebody's.

    Attributes:
        distance: to all references of that person: the mean of the three nearest.
        threshold: up to which it is them, unless somebody else is nearer.
        threshold_from: where that comes from.
        references: how many faces of theirs are known.
        nearer: somebody else who is nearer, or null.
        box: the face's, in pixels of the upright photo.
        other_faces: how many more are on it.
    """

    person: Text
    match: bool
    distance: float
    threshold: float
    threshold_from: str
    references: int
    nearer: Guess | None
    box: tuple[int, int, int, int]
    other_faces: int


class Enrolled(BaseModel):
    """A picture of somebody that is no photo of the library: its hash, and where it came from."""

    person: Text
    picture: str
    origin: Text


class EnrolledPage(BaseModel):
    """Everybody who is enrolled, by name."""

    enrolled: list[Enrolled]


class Somebody(BaseModel):
    """A person (`name`), or a group without one (`group`), and how many of their faces are on the map."""

    name: Text | None
    group: int | None
    faces: int


class Outlier(BaseModel):
    """A face that carries a name and lies among others; `like` is whom it is nearer to, by position in `somebodies`."""

    face: str
    photo: str
    person: Text
    confirmed: bool
    like: int | None


class FaceMap(BaseModel):
    """A map of faces. Arrays are base64, little-endian, an item a face, in one order.

    `faces` has 8 bytes each, an id; `places` two uint16, x from left to right and y from top to bottom, 65,535 being
    the longer side of the map; `whose` an int32, a position in `somebodies`, -1 for nobody; `sources` a byte: 0 nobody
    says so, 1 a human, 2 an automatic tag, 3 a suggestion; `qualities` a byte, 255 being 1.
    """

    total: int
    faces: str
    places: str
    whose: str
    sources: str
    qualities: str
    somebodies: list[Somebody]
    outliers: list[Outlier]
