"""Each option and argument, once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

MOST = 10**18
"""No group has such a number; SQLite could not even be asked for one much greater."""

Library = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="DIR",
        help="The library. Default: $PHOTOTAG_LIBRARY, else the one you are in, else the one scanned last.",
    ),
]
Index = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="Where the index is kept. Default: .phototag in the library."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder that holds your photos.")]
WatchedFolder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="The folder that holds your photos. Default: as for other commands."),
]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON document a line for each batch.")]
Poll = Annotated[
    float | None,
    typer.Option(
        "--poll",
        min=1,
        metavar="SECONDS",
        help="Look so often, and do not wait for the system to tell. Default: 30 in network folders, elsewhere not.",
    ),
]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="mtcnn-resnet (default) or face-recognition, the package itself."),
]
DetectorName = Annotated[
    str | None,
    typer.Option(
        "--detector",
        metavar="NAME",
        help="Who finds faces: mtcnn (default), mmod, hog, or an ONNX file of your own with a card: docs/engines.md.",
    ),
]
EmbedderName = Annotated[
    str | None,
    typer.Option(
        "--embedder",
        metavar="NAME",
        help="Who describes them: dlib (default), or an ONNX file of your own with a card.",
    ),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, metavar="N", help="How many photos at once. Default: one a processor.")
]
MaxMegapixels = Annotated[
    float | None,
    typer.Option("--max-megapixels", min=1, metavar="N", help="Leave larger pictures alone. Default: 200."),
]
Profile = Annotated[bool, typer.Option("--profile", help="Also print where the time went.")]
Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Read every photo again, whatever its size and time say. Interrupted, it starts over."
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="PATTERN",
        help="Leave out what matches, as in .gitignore, now and from now on; may be given several times. "
        "'' takes back all that were given before. For ever: write it into .phototagignore.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="Also list every file that is not looked at, and why.")]
AllowLoss = Annotated[
    float,
    typer.Option(
        "--allow-loss",
        min=0,
        max=1,
        metavar="SHARE",
        help="Go on although up to this share of the faces that you spoke of is not found again, such as 0.02.",
    ),
]
AlbumsFolder = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder of albums; not in the library. It is made if it is not there.")
]
Links = Annotated[bool, typer.Option("--links", help="Make symbolic links: the default, unless DIR has others.")]
HardLinks = Annotated[bool, typer.Option("--hard-links", help="Make hard links: on the library's disk only.")]
Copies = Annotated[bool, typer.Option("--copies", help="Make copies: for another disk, or to give away.")]
AlbumQuery = Annotated[
    str | None,
    typer.Option(
        "--query", metavar="QUERY", help="Make one album of what this finds, and leave the others as they are."
    ),
]
AlbumName = Annotated[
    str | None, typer.Option("--name", metavar="ALBUM", help="What to call that album. Default: the query.")
]
TableFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="Where to; - is stdout. Default: stdout.", allow_dash=True)
]
Replace = Annotated[bool, typer.Option("--force", help="Also where FILE is there already.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")]
Sheets = Annotated[bool, typer.Option("--sheets", help="Draw a picture of each group's faces.")]
ClusterId = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=MOST, help="A group's number, from: phototag clusters")
]
Left = Annotated[int, typer.Argument(metavar="LEFT", help="Edges of the box, in pixels of the upright picture.")]
Top = Annotated[int, typer.Argument(metavar="TOP")]
Right = Annotated[int, typer.Argument(metavar="RIGHT")]
Bottom = Annotated[int, typer.Argument(metavar="BOTTOM")]
WhoseFace = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Whose face it is.")]
Instead = Annotated[
    str | None, typer.Option("--instead", metavar="FACE", help="A face that was drawn before: it is here now.")
]
As = Annotated[str, typer.Option("--as", metavar="NAME", help="Who this is.")]
GivenPaths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH", help="Photos, or folders of photos, wherever they are.", show_default=False),
]
GivenPhotos = Annotated[list[Path], typer.Argument(metavar="PHOTO", help="Photos, or folders of photos.")]
GivenPhoto = Annotated[Path, typer.Argument(metavar="PHOTO", help="A photo, wherever it is.")]
WhoOnAll = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who is on all of them. Default: as the files are called.")
]
EnrolledOnes = Annotated[
    list[str], typer.Argument(metavar="WHO", help="Names of people, or pictures, from: phototag enrolled")
]
ByClassifier = Annotated[
    str | None,
    typer.Option("--classifier", metavar="NAME", help="Ask what `phototag train` kept, not the rule that tags."),
]
Annotate = Annotated[
    Path | None,
    typer.Option("--annotate", metavar="OUT", help="Draw boxes and names; a file, or a folder for several photos."),
]
GivenVideo = Annotated[Path | None, typer.Argument(metavar="[VIDEO]", help="A video file. Default: the camera.")]
Camera = Annotated[int | None, typer.Option("--camera", min=0, max=99, metavar="N", help="Which one. Default: 0.")]
FramesASecond = Annotated[
    float, typer.Option("--fps", min=0.1, max=60, metavar="N", help="How many frames a second are looked at, at most.")
]
Greet = Annotated[
    str | None,
    typer.Option("--greet", metavar="TEXT", help="Say this to everybody who is known, once a visit: 'Welcome {name}'"),
]
AnnotatedVideo = Annotated[
    Path | None, typer.Option("--annotate", metavar="OUT", help="Write a video with boxes and names: .mp4 or .avi.")
]
JsonEvents = Annotated[bool, typer.Option("--json", help="Print one JSON document a line for each event.")]
SomeQuery = Annotated[
    list[str] | None,
    typer.Argument(metavar="QUERY", help="Who, when, where: see above. Several words are one query."),
]
SaveAs = Annotated[
    str | None, typer.Option("--save", metavar="NAME", help="Also keep the query by this name, for --saved.")
]
Saved = Annotated[str | None, typer.Option("--saved", metavar="NAME", help="The query that was saved by this name.")]
DeleteSearch = Annotated[str | None, typer.Option("--delete", metavar="NAME", help="Forget this search.")]
Null = Annotated[bool, typer.Option("-0", "--null", help="Print whole paths, with a null after each, for xargs -0.")]
CountOnly = Annotated[bool, typer.Option("--count", help="Print only how many there are.")]
Copy = Annotated[
    Path | None,
    typer.Option("--copy", metavar="DIR", help="Copy the photos there. Nothing is overwritten."),
]
Open = Annotated[bool, typer.Option("--open", help="Show the photos in your system's own viewer.")]
Photo = Annotated[str | None, typer.Option("--photo", metavar="PATH", help="Only faces on this photo.")]
PersonName = Annotated[str | None, typer.Option("--person", metavar="NAME", help="Only faces of this person.")]
Cluster = Annotated[
    int | None, typer.Option("--cluster", min=1, max=MOST, metavar="ID", help="Only faces of this group.")
]
Precision = Annotated[
    float | None,
    typer.Option("--precision", metavar="SHARE", help="Set the limits so that this share of the tags is right."),
]
ClassifierName = Annotated[
    str | None,
    typer.Option(
        "--classifier",
        metavar="NAME",
        help="Keep this one: nearest, knn, logistic, svm or softmax. Default: only compare all.",
    ),
]
MetricName = Annotated[
    str | None,
    typer.Option(
        "--metric", metavar="triplet", help="Learn a metric from your faces; it is kept only if it is better."
    ),
]
TrainingPrecision = Annotated[
    float,
    typer.Option("--precision", metavar="SHARE", help="Share of the names given that shall be right. Default: 0.99."),
]
Reset = Annotated[bool, typer.Option("--reset", help="Go back to the usual limits.")]
Subjects = Annotated[list[str], typer.Argument(metavar="WHO", help="Names of people or numbers of groups.")]
SubjectName = Annotated[str, typer.Argument(metavar="WHO", help="A person's name, or a group's number.")]
AnyName = Annotated[str, typer.Argument(metavar="NAME", help="Who: somebody that you know, or somebody new.")]
Photos = Annotated[
    list[str], typer.Argument(metavar="PHOTO", help="Paths of photos, on the disk or relative to the library.")
]
PersonArgument = Annotated[str, typer.Argument(metavar="NAME", help="A person's name.")]
NewName = Annotated[str, typer.Argument(metavar="NEW", help="What they are called from now on.")]
Faces = Annotated[list[str], typer.Argument(metavar="FACE", help="Ids of faces, or the beginnings of them.")]
SomeFaces = Annotated[list[str] | None, typer.Argument(metavar="FACE", help="Ids of faces, or the beginnings of them.")]
To = Annotated[str, typer.Option("--to", metavar="NAME", help="Who they are.")]
ConfirmPerson = Annotated[
    str | None, typer.Option("--person", metavar="NAME", help="All faces tagged as this person automatically.")
]
Apply = Annotated[bool, typer.Option("--apply", help="Do what is proposed.")]
PhotoArgument = Annotated[
    str, typer.Argument(metavar="PHOTO", help="Path of a photo, on the disk or relative to the library.")
]
Number = Annotated[int | None, typer.Argument(metavar="N", help="A decision's number, from: phototag history")]
WithLater = Annotated[bool, typer.Option("--with-later", help="Also take back the decisions that build on it.")]
FaceId = Annotated[
    str, typer.Argument(metavar="FACE", help="A face's id, or the beginning of it, from: phototag faces")
]
BackupFile = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="Where to. Default: beside the index, where the last five are kept."),
]
BackupSource = Annotated[
    str | None,
    typer.Argument(metavar="[FILE]", help="A backup: a file, a name from --list, or: latest"),
]
ListBackups = Annotated[bool, typer.Option("--list", help="List the backups beside the index.")]
Repair = Annotated[bool, typer.Option("--repair", help="Put right what can be, after a backup.")]
Deep = Annotated[bool, typer.Option("--deep", help="Also read every photo, and compare it with what it was.")]
LostFolder = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="The folder that holds your photos. Default: as --library.")
]
Anyway = Annotated[bool, typer.Option("--force", help="Also where the index is sound; it is backed up first.")]
Contacts = Annotated[
    Path | None,
    typer.Option(
        "--contacts",
        metavar="FILE",
        help="Picasa's contacts.xml, which has all names. Default: where Picasa keeps it on this machine, if it does.",
    ),
]
Table = Annotated[Path, typer.Argument(metavar="FILE", help="A table with the columns photo and person.")]
ForeignTags = Annotated[Path, typer.Argument(metavar="FILE", help="The tags.jsonl in .phototag of another library.")]
GalleryFolder = Annotated[
    Path, typer.Argument(metavar="DIR", help="Where the gallery is made: a new folder, or that of an earlier gallery.")
]
Title = Annotated[
    str | None, typer.Option("--title", metavar="TITLE", help="What it is called. Default: as the library.")
]
SidecarFolder = Annotated[
    Path | None,
    typer.Option("--to", metavar="DIR", help="Write sidecars there, laid out as the library, not beside the photos."),
]
SidecarSource = Annotated[
    Path | None,
    typer.Option("--from", metavar="DIR", help="Read sidecars there, laid out as the library, not beside the photos."),
]
Confirmed = Annotated[
    bool, typer.Option("--confirmed", help="Only names that you gave, not what was tagged automatically.")
]
Ours = Annotated[
    bool, typer.Option("--ours", help="Where here and there something else was said, what you said here wins.")
]
WriteXmp = Annotated[
    bool, typer.Option("--write-xmp", help="Then bring the XMP sidecars up to date, as: phototag export xmp")
]
Host = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help="Where to listen. Any but 127.0.0.1 needs a password.")
]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, metavar="N", help="At which port; a free one if it is taken, or 0.")
]
ReadOnly = Annotated[
    bool, typer.Option("--read-only", help="Only show; refuse everything that would change something.")
]
Password = Annotated[
    str | None,
    typer.Option(
        "--password",
        metavar="PASSWORD",
        envvar="PHOTOTAG_PASSWORD",
        help="Also let in who knows this. Better in $PHOTOTAG_PASSWORD: a list of processes shows options.",
    ),
]
