"""Everything that somebody else may try."""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
from collections.abc import Iterator
from typing import NoReturn

import pytest

from phototag.errors import StoppedError
from phototag.web.bodies import MOST_BYTES
from phototag.web.guard import HEADERS
from phototag.web.keys import Patience
from tests.web.conftest import HERE, PORT, SENT, Client, Serve

STATUS = "/api/v1/status"
UNDO = "/api/v1/undo"
JSON = {"Content-Type": "application/json"}


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"me:{password}".encode()).decode()}


# Who comes in


def test_nobody_comes_in_without_a_key(reader: Client) -> None:
    for path in ("/", STATUS, "/api/v1/openapi.json", "/nowhere", "/login"):
        answer = reader("GET", path, {})
        assert answer.status_code == 401
        assert answer.json()["code"] == "refused"


def test_a_stranger_s_browser_window_shows_a_page(reader: Client) -> None:
    for path in ("/", "/nowhere", "/?token=wrong"):
        answer = reader("GET", path, {"Accept": "text/html,*/*"})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>Who are you?</h1>" in answer.text
        assert "script" not in answer.text


@pytest.mark.parametrize("key", ["Bearer wrong", "Bearer ", "Bearer", "Basic !!!", "Basic bWU6", "Digest x", "\xff"])
def test_a_wrong_key_opens_nothing(reader: Client, key: str) -> None:
    assert reader("GET", STATUS, {"Authorization": key.encode("latin-1")}).status_code == 401


def test_a_program_comes_in_with_the_token(reader: Client) -> None:
    assert reader("GET", STATUS, {"Authorization": f"Bearer {reader.guard.token}"}).status_code == 200


def test_a_browser_gets_a_cookie_for_the_token_and_a_url_without_it(reader: Client) -> None:
    answer = reader("GET", "/people?sort=name", {}, params={"token": reader.guard.token, "sort": "name"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/people?sort=name"
    cookie = answer.headers["set-cookie"]
    assert f"phototag-{PORT}=" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert reader.guard.token not in cookie
    assert reader("GET", STATUS, {"Cookie": cookie.partition(";")[0]}).status_code == 200


def test_a_wrong_token_in_the_url_is_no_key(reader: Client) -> None:
    assert reader("GET", "/?token=wrong", {}).status_code == 401
    assert reader("POST", f"{UNDO}?token={reader.guard.token}", {}).status_code == 401


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "///evil.example"])
def test_the_url_without_the_token_never_leads_elsewhere(reader: Client, path: str) -> None:
    scope = http_scope("GET", path, query=f"token={reader.guard.token}".encode())
    sent = ask(reader, scope)
    location = dict(sent[0]["headers"])[b"location"].decode()
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_the_token_is_never_logged_and_never_in_a_referrer(
    reader: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for path in ("/", STATUS, "/nowhere"):
        answer = reader("GET", path, {}, params={"token": reader.guard.token})
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert reader.guard.token not in answer.text + str(answer.headers)
    out, err = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]  # the client's
    assert reader.guard.token not in "".join(ours)
    assert reader.guard.token not in out + err
    assert reader.guard.token not in repr(reader.guard)


# By which name


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8470", "127.0.0.1.evil.example", "", "10.0.0.1", "a b"])
def test_another_name_is_refused_whoever_asks(reader: Client, host: str) -> None:
    assert reader("GET", STATUS, reader.headers | {"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8470", "localhost:8470", "LOCALHOST", "[::1]:8470", "127.0.0.2"])
def test_this_machine_by_any_of_its_names(reader: Client, host: str) -> None:
    assert reader("GET", STATUS, reader.headers | {"Host": host}).status_code == 200


def test_two_names_or_none_are_refused(reader: Client) -> None:
    for hosts in ([], [b"127.0.0.1", b"evil.example"]):
        scope = http_scope("GET", STATUS, headers=[(b"host", host) for host in hosts])
        assert ask(reader, scope)[0]["status"] == 421


# For whom


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://127.0.0.1", "x"])
def test_a_page_of_another_site_changes_nothing(reader: Client, origin: str) -> None:
    for headers in (reader.headers, reader.cookie | SENT):
        assert reader("POST", UNDO, headers | {"Origin": origin}, json={}).status_code == 403


def test_a_cookie_alone_changes_nothing(reader: Client) -> None:
    answer = reader("POST", UNDO, reader.cookie, json={})
    assert answer.status_code == 403
    assert "X-Phototag" in answer.json()["error"]
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "FOO"):
        assert reader(method, UNDO, reader.cookie).status_code == 403


def test_a_page_of_ours_may_change_something(reader: Client) -> None:
    answer = reader("POST", UNDO, reader.cookie | SENT | {"Origin": HERE}, json={"decision": 99})
    assert answer.status_code == 404


def test_a_form_is_not_taken_for_json(reader: Client) -> None:
    answer = reader("POST", UNDO, reader.cookie | SENT | {"Content-Type": "text/plain"}, content=b'{"decision": 1}')
    assert answer.status_code == 422


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_show_none_of_our_pictures(reader: Client, site: str) -> None:
    assert reader("GET", STATUS, reader.cookie | {"Sec-Fetch-Site": site}).status_code == 403
    window = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    assert reader("GET", STATUS, reader.cookie | window).status_code == 200
    assert reader("GET", STATUS, reader.cookie | {"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_cookie_of_another_server_is_no_key(reader: Client) -> None:
    assert reader("GET", STATUS, {"Cookie": f"phototag-1={reader.guard.session}"}).status_code == 401


# What browsers are told


@pytest.mark.parametrize("path", ["/", STATUS, "/nowhere", "/api/v1/faces/0000", "/api/v1/find?q=%26"])
def test_every_answer_says_what_browsers_may_do_with_it(reader: Client, path: str) -> None:
    for headers in (reader.headers, {}, {"Host": "evil.example"}):
        answer = reader("GET", path, headers)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


def test_the_policy_allows_no_script_but_our_files() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_name_with_a_script_in_it_stays_text(writer: Client) -> None:
    name = "<script>alert('x')</script>"
    said = writer.post("/clusters/1/name", name=name)["said"]
    assert name in said
    for path in ("/people", "/history"):
        answer = writer("GET", f"/api/v1{path}")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert name in answer.text


# Only the head


@pytest.mark.parametrize(
    "path",
    ["/", STATUS, "/find?q=elon", "/static/icon.svg", "/nowhere", "/api/v1/find?q=%26", UNDO, "/login"],
)
def test_a_head_is_that_of_a_get(reader: Client, path: str) -> None:
    for headers in (reader.headers, {}, {"Accept": "text/html"}):
        whole, head = reader("GET", path, headers), reader("HEAD", path, headers)
        assert head.status_code == whole.status_code
        assert dict(head.headers) == dict(whole.headers)
        assert head.content == b""
        assert whole.content


def test_the_head_of_what_never_ends_ends(serve: Serve) -> None:
    def waiting(settings: object, force: bool, tell: object, stop: threading.Event) -> NoReturn:
        assert stop.wait(20)
        raise StoppedError("Stopped.")

    client = serve(scan=waiting)
    job = client.post("/jobs/scan")["id"]
    head = client("HEAD", f"/api/v1/jobs/{job}/events")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")
    assert client.get(f"/jobs/{job}")["state"] == "running"


# Only shown


def test_what_is_only_shown_is_not_changed(serve: Serve) -> None:
    client = serve(read_only=True)
    assert client.get("/status")["read_only"] is True
    for method, path in [("POST", "/undo"), ("POST", "/jobs/scan"), ("DELETE", "/jobs/0"), ("POST", "/nowhere")]:
        status, said = client.refused(method, path, json={})
        assert status == 403
        assert "only shown" in said["error"]
    assert client.refused("PUT", "/status")[0] == 403


# Passwords


@pytest.fixture
def locked(serve: Serve) -> Client:
    """With a password, and a clock that stands at 100 s."""
    client = serve(password="open sesame", patience=Patience(lambda: 100.0))
    client.headers = {}
    return client


def test_a_password_opens_by_a_form(locked: Client) -> None:
    asked = locked("GET", "/", {"Accept": "text/html"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/login")
    form = locked("GET", "/login")
    assert "<form" in form.text
    assert "script" not in form.text
    answer = locked("POST", "/login", data={"password": "open sesame"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert locked("GET", STATUS, {"Cookie": cookie}).status_code == 200


def test_a_password_opens_by_basic_authentication(locked: Client) -> None:
    assert locked("GET", STATUS, basic("open sesame")).status_code == 200
    assert locked("POST", UNDO, basic("open sesame"), json={}).status_code == 403
    assert locked("POST", UNDO, basic("open sesame") | SENT, json={"decision": 99}).status_code == 404


def test_the_token_still_opens_where_there_is_a_password(locked: Client) -> None:
    assert locked("GET", STATUS, {"Authorization": f"Bearer {locked.guard.token}"}).status_code == 200


@pytest.mark.parametrize("given", ["", "open", "open sesame ", "OPEN SESAME", "\udcff"])
def test_a_wrong_password_opens_nothing(locked: Client, given: str) -> None:
    answer = locked("POST", "/login", content=b"password=" + given.encode("utf-8", "surrogateescape"))
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_after_wrong_passwords_not_even_the_right_one_is_looked_at_for_a_while(locked: Client) -> None:
    for _ in range(3):
        assert locked("GET", STATUS, basic("wrong")).status_code == 401
    for _ in range(2):
        answer = locked("POST", "/login", data={"password": "open sesame"})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
    assert locked("GET", STATUS, {"Authorization": f"Bearer {locked.guard.token}"}).status_code == 200


def test_another_site_cannot_log_somebody_in(locked: Client) -> None:
    answer = locked("POST", "/login", {"Origin": "https://evil.example"}, data={"password": "open sesame"})
    assert answer.status_code == 403


def test_without_a_password_there_is_no_form(reader: Client) -> None:
    assert reader("GET", "/login").status_code == 404
    assert reader("GET", STATUS, basic("")).status_code == 401


# Bodies


def test_a_gigabyte_is_refused_before_it_is_read(reader: Client) -> None:
    headers = [*key(reader), (b"content-length", b"1000000000")]
    sent = ask(reader, http_scope("POST", UNDO, headers=headers), received=unread())
    assert sent[0]["status"] == 413


def test_a_gigabyte_in_chunks_is_refused_after_a_megabyte(reader: Client) -> None:
    chunks = iter(range(10_000))
    body = ({"type": "http.request", "body": b" " * 100_000, "more_body": True} for _ in chunks)
    headers = [*key(reader), (b"transfer-encoding", b"chunked")]
    sent = ask(reader, http_scope("POST", UNDO, headers=headers), received=body)
    assert sent[0]["status"] == 413
    assert next(chunks) <= MOST_BYTES / 100_000 + 1


def test_a_stranger_s_body_is_not_read_at_all(reader: Client) -> None:
    assert ask(reader, http_scope("POST", UNDO), received=unread())[0]["status"] == 401


@pytest.mark.parametrize("length", [b"-1", b"1e9", b"", "\u0663".encode()])
def test_a_length_that_is_none_is_refused(reader: Client, length: bytes) -> None:
    headers = [*key(reader), (b"content-length", length)]
    assert ask(reader, http_scope("POST", UNDO, headers=headers), received=unread())[0]["status"] == 400


def test_a_body_that_is_broken_off_changes_nothing(reader: Client) -> None:
    body = iter([{"type": "http.request", "body": b"{}", "more_body": True}, {"type": "http.disconnect"}])
    assert ask(reader, http_scope("POST", UNDO, headers=key(reader)), received=body)[0]["status"] == 400


def test_a_body_that_does_not_come_is_not_waited_for(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phototag.web.bodies.SECONDS", 0.01)
    assert ask(reader, http_scope("POST", UNDO, headers=key(reader)), received=None)[0]["status"] == 408


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"decision": ' + "1" * 100_000 + "}", "{", "\xff", '{"decision": NaN}', '{"a": "\\ud800"}']
)
def test_a_body_that_is_no_json_of_ours_is_refused(reader: Client, body: str) -> None:
    answer = reader("POST", UNDO, content=body.encode("latin-1"), headers=reader.headers | JSON)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == "usage"


# And the rest


def test_there_are_no_websockets(reader: Client) -> None:
    assert ask(reader, {"type": "websocket", "path": "/", "headers": []}) == [{"type": "websocket.close", "code": 1008}]


def test_a_fault_of_ours_tells_nothing_of_it(
    reader: Client, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("phototag.web.api.people.known_people", None)
    answer = reader("GET", "/api/v1/people")
    assert answer.status_code == 500
    assert answer.json()["code"] == "unexpected"
    assert "NoneType" not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "NoneType" in capfd.readouterr().err


def key(client: Client) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {client.guard.token}".encode())]


def http_scope(
    method: str, path: str, *, query: bytes = b"", headers: list[tuple[bytes, bytes]] | None = None
) -> dict[str, object]:
    """A request as a server hands it on, with all that no client would send."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [(b"host", b"127.0.0.1")] if headers is None else headers,
    }


def unread() -> Iterator[dict[str, object]]:
    raise AssertionError("somebody read the body")
    yield {}


NOTHING: Iterator[dict[str, object]] = iter(())


def ask(
    client: Client, scope: dict[str, object], received: Iterator[dict[str, object]] | None = NOTHING
) -> list[dict[str, object]]:
    """What the app sends; `received` are the messages that it gets, and None is one that never comes."""
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        if received is None:
            await asyncio.sleep(60)
        return next(received, {"type": "http.request", "body": b"", "more_body": False})

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(client.app(scope, receive, send))
    return sent


def test_a_ticket_lets_one_browser_in(reader: Client) -> None:
    path = reader.guard.url_once().removeprefix(HERE)
    assert reader("GET", path, {}).status_code == 303
    assert reader("GET", path, {}).status_code == 401
    assert reader("GET", STATUS, {"Authorization": f"Bearer {path.partition('=')[2]}"}).status_code == 401
