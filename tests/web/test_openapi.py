"""The API as it is described, and that it holds whatever is sent to it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phototag.app.scan import ScanReport
from phototag.errors import StoppedError
from phototag.settings import Settings
from phototag.web import scanning
from phototag.web.guard import Guard
from phototag.web.jobs import Jobs
from phototag.web.library import Library
from phototag.web.scanning import Tell
from tests.web.conftest import PORT, Client

NASTY = [
    "",
    " ",
    "0",
    "../..",
    "%2e%2e",
    "\x00",
    "\U0001f600",
    "a" * 300,
    "-1",
    "1e9",
    "NaN",
    "null",
    "' OR 1=1 --",
    "((",
    '"',
]


def no_scan(settings: Settings, force: bool, tell: Tell, stop: threading.Event) -> ScanReport:
    raise StoppedError("Stopped.")


@pytest.fixture(scope="module")
def scratch(scanned: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server of a library to which anything may be done."""
    folder = tmp_path_factory.mktemp("scratch")
    root = Path(shutil.copytree(scanned, folder / "Photos"))
    library = Library(Settings(root, root / ".phototag", folder / "cache", folder / "state"))
    client = Client(library, Guard("127.0.0.1", PORT), no_scan)
    client.use(library, Jobs(library.settings, no_scan, scanning.draw_here, scanning.train_here))
    yield client
    client.app.state.jobs.close()


@pytest.fixture(scope="module")
def real(scratch: Client) -> list[str]:
    """Texts that mean something in this library."""
    photos = [photo["id"] for photo in scratch.get("/photos")["photos"][:3]]
    return [*scratch.faces()[:3], *photos, "elon", "ann", "1", "2"]


@pytest.fixture(scope="module")
def green(scanned: Path) -> bytes:
    """A photo of somebody."""
    return (scanned / "green1.png").read_bytes()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, said) for path, each in document["paths"].items() for method, said in each.items()]


def test_every_operation_is_described(reader: Client) -> None:
    found = operations(reader.get("/openapi.json"))
    assert len(found) > 30
    assert len({said["operationId"] for _, _, said in found}) == len(found)
    for path, _, said in found:
        assert path.startswith("/api/v1/")
        assert said["description"].endswith(".")
        assert {"400", "404", "409", "422", "503"} <= set(said["responses"])
        for code in ("404", "422"):
            schema = said["responses"][code]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Failure"}


def test_every_model_is_described(reader: Client) -> None:
    for name, schema in reader.get("/openapi.json")["components"]["schemas"].items():
        if "ValidationError" not in name:
            assert schema.get("description"), name


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_that_is_sent_is_a_fault_of_ours(
    scratch: Client, real: list[str], green: bytes, data: st.DataObject
) -> None:
    document = scratch.app.openapi()
    path, method, said = data.draw(st.sampled_from(operations(document)))
    values = words(real)
    parameters = said.get("parameters", [])
    here = {
        one["name"]: str(data.draw(st.one_of(values, like(one["schema"], document, values))))
        for one in parameters
        if one["in"] == "path"
    }
    query = {
        one["name"]: data.draw(st.one_of(values, like(one["schema"], document, values)))
        for one in parameters
        if one["in"] == "query" and data.draw(st.booleans())
    }
    body, sent = None, None
    content = said.get("requestBody", {"content": {}})["content"]
    if "application/json" in content:
        body = data.draw(like(content["application/json"]["schema"], document, values))
    elif content:  # a photo
        sent = data.draw(st.one_of(st.just(green), st.binary(max_size=64)))
    place = path.format_map({name: quote(text, safe="") for name, text in here.items()})
    answer = scratch(method.upper(), place, params=texts(query), json=body, content=sent)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert {"error", "code"} <= set(answer.json())


def texts(query: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, list) else str(value) for name, value in query.items() if value is not None
    }


def words(real: list[str]) -> st.SearchStrategy[str]:
    """Texts that mean something, and some that nobody should send."""
    return st.one_of(st.sampled_from(real), st.sampled_from(NASTY), st.text(max_size=8).filter(is_sendable))


def is_sendable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def like(schema: dict[str, Any], document: dict[str, Any], values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Values that mostly are as a schema says."""
    if "$ref" in schema:
        return like(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document, values)
    if "anyOf" in schema:
        return st.one_of([like(each, document, values) for each in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            properties = {name: like(each, document, values) for name, each in schema.get("properties", {}).items()}
            needed = {name: properties.pop(name) for name in schema.get("required", [])}
            return st.fixed_dictionaries(needed, optional=properties)
        case "array":
            least = schema.get("minItems", 0)
            return st.lists(like(schema["items"], document, values), min_size=min(least, 4), max_size=max(least, 3))
        case "integer":
            return st.one_of(st.integers(1, 5), st.integers(-(10**20), 10**20))
        case "number":
            return st.one_of(st.floats(0, 1), st.floats(allow_nan=False, allow_infinity=False))
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return values
