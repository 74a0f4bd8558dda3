"""The geocoding client against a server of this machine: lots, patience, doubts, refusals."""

from __future__ import annotations

import csv
import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portrea.base.errors import DataError, ParameterError
from portrea.sources import ban
from portrea.sources.ban import Address, ban_url, geocode

OFFICIAL = "https://data.geopf.fr/geocodage"
FIELDS = (
    *("id", "adresse", "postcode", "citycode", "latitude", "longitude"),
    *("result_score", "result_type", "result_label", "result_citycode", "result_postcode"),
)


class Stub:
    """A geocoder that answers what the test says; it keeps what it received."""

    def __init__(self):
        self.answers = {}
        self.script = []
        self.requests = []
        self.body = None

    def answer(self, rows):
        stream = io.StringIO()
        writer = csv.DictWriter(stream, FIELDS, extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            writer.writerow(row | self.answers.get(row["adresse"], {}))
        return stream.getvalue().encode()


def part_of(body: bytes, name: str) -> str:
    for part in body.split(b"\r\n--"):
        head, _, content = part.partition(b"\r\n\r\n")
        if f'name="{name}"'.encode() in head:
            return content.rstrip(b"\r\n").decode()
    return ""


@pytest.fixture
def stub():
    state = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            rows = list(csv.DictReader(io.StringIO(part_of(body, "data"))))
            state.requests.append((self.path, rows, part_of(body, "columns")))
            status, headers = state.script.pop(0) if state.script else (200, {})
            content = state.body if state.body is not None else state.answer(rows)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/geocodage"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def told(kind="housenumber", score="0.9", commune="35188", postcode="35160"):
    return {
        "latitude": "48.13",
        "longitude": "-1.95",
        "result_score": score,
        "result_type": kind,
        "result_label": "1 Rue du Test",
        "result_citycode": commune,
        "result_postcode": postcode,
    }


def asked(stub, address, answer=None, **options):
    if answer is not None:
        stub.answers[address.line] = answer
    return geocode([address], url=stub.url, sleep=lambda _: None, **options)


@pytest.mark.parametrize(
    ("kind", "position"),
    [
        ("housenumber", "address"),
        ("street", "street"),
        ("locality", "street"),
        ("municipality", "commune"),
    ],
)
def test_an_answer_says_how_the_point_was_found(stub, kind, position):
    (found,) = asked(stub, Address("p1", "1 rue du Test", "35160", "35188"), told(kind))
    assert (found.id, found.position, found.sure) == ("p1", position, True)
    assert (found.latitude, found.longitude, found.commune) == (48.13, -1.95, "35188")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (told(score="0.41"), "score de 0.41"),
        (told("municipality", score="0.7"), "score de 0.70"),
        (told(commune="56001"), "commune 56001"),
        (told(commune="", postcode="75001"), "code postal 75001"),
        (told("poi"), "score"),
    ],
)
def test_a_doubtful_answer_is_for_a_person(stub, answer, why):
    (found,) = asked(stub, Address("p", "1 rue du Test", "35160", "35188"), answer)
    assert not found.sure
    assert why in found.why


@pytest.mark.parametrize(
    "answer", [{}, told() | {"latitude": "x"}, told() | {"latitude": "120"}, told(score="9")]
)
def test_no_answer_is_no_position(stub, answer):
    assert asked(stub, Address("p", "nulle part"), answer) == []


def test_only_addresses_leave_in_lots(stub, monkeypatch):
    monkeypatch.setattr(ban, "parameters", lambda: {**PARAMETERS, "chunk": {"value": 3}})
    pauses = []
    addresses = [Address(f"secret-{i}", f"{i} rue\ndu Test", "35160") for i in range(7)]
    for address in addresses:
        stub.answers[" ".join(address.line.split())] = told()
    found = geocode(addresses, url=stub.url, sleep=pauses.append)
    assert [len(rows) for _, rows, _ in stub.requests] == [3, 3, 1]
    assert len(pauses) == 2
    assert {path for path, _, _ in stub.requests} == {"/geocodage/search/csv/"}
    assert {columns for _, _, columns in stub.requests} == {"adresse"}
    sent = str(stub.requests)
    assert "secret" not in sent  # our identifiers stay here
    assert [item.id for item in found] == [address.id for address in addresses]


PARAMETERS = dict(ban.parameters())


def test_it_waits_as_asked_and_tries_again(stub):
    stub.script = [(429, {"Retry-After": "7"}), (503, {}), (200, {})]
    pauses = []
    stub.answers["a"] = told()
    assert geocode([Address("p", "a")], url=stub.url, sleep=pauses.append)
    assert pauses == [7.0, 2.0]


def test_it_gives_up_in_french(stub):
    stub.script = [(503, {})] * 9
    pauses = []
    with pytest.raises(DataError, match="ne répond pas"):
        geocode([Address("p", "a")], url=stub.url, sleep=pauses.append)
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    with pytest.raises(DataError, match="ne répond pas"):
        geocode([Address("p", "a")], url="http://127.0.0.1:9", sleep=lambda _: None)


@pytest.mark.parametrize("status", [400, 403, 404, 301])
def test_a_refusal_is_final(stub, status):
    stub.script = [(status, {})]
    with pytest.raises(DataError, match=str(status)):
        asked(stub, Address("p", "a"))
    assert len(stub.requests) == 1


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"\x00\xff", b"id;latitude\n0;48"])
def test_an_answer_of_another_kind_is_refused(stub, body):
    stub.body = body
    with pytest.raises(DataError, match="tableau"):
        asked(stub, Address("p", "a"))


def test_rows_that_were_not_asked_for_are_not_believed(stub):
    stub.body = (
        b"id,latitude,longitude,result_score,result_type\n9,48,2,0.9,street\n-1,48,2,0.9,street\n"
    )
    assert asked(stub, Address("p", "a")) == []


def test_the_server_is_the_official_one_unless_told(monkeypatch):
    monkeypatch.delenv("PORTREA_BAN_URL", raising=False)
    assert ban_url() == OFFICIAL
    monkeypatch.setenv("PORTREA_BAN_URL", "https://ban.test.fr/")
    assert ban_url() == "https://ban.test.fr"
    monkeypatch.setenv("PORTREA_BAN_URL", "http://127.0.0.1:8/x")
    assert ban_url() == "http://127.0.0.1:8/x"
    for bad in ("http://ban.test.fr", "ftp://x", "file:///etc/passwd"):
        monkeypatch.setenv("PORTREA_BAN_URL", bad)
        with pytest.raises(ParameterError, match="https"):
            ban_url()


def test_nothing_is_asked_for_nothing(stub):
    assert geocode([], url=stub.url) == []
    assert stub.requests == []


def test_the_setting_has_the_same_default():
    from portrea.web.config.settings.variables import VARIABLES

    (setting,) = [v for v in VARIABLES if v.name == "PORTREA_BAN_URL"]
    assert setting.default == OFFICIAL
