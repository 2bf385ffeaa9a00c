"""What a component calls otherwise than its slot is declared in a file, and bridged in both directions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.components.asking import Answered, Asked
from sandbox.components.contract import Contract
from sandbox.components.mapping import Bridge, Renaming
from sandbox.components.mapping_faults import MappingDeclared, faults_in
from sandbox.components.mapping_file import BrokenMapping, read
from service_apis.kit.discovery import discover
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.relaying import NAME, Filled, filled

WASTE = Contract.of(discover()["waste"])
DECLARED = """\
# What the component calls otherwise than the slot.
paths:
  /missed-collections: /reports
  /missed-collections/{reference}: /reports/{reference}
fields:
  stream: container
  collection_date: due
codes:
  stream:
    refuse: RES
    recycling: 7
query:
  stream: kind
headers:
  Idempotency-Key: X-Once
operations:
  list_rounds:
    fields:
      stream: sort
"""


def written(folder: Path, text: str) -> Path:
    """A file that holds the text."""
    file = folder / "mapping.yaml"
    file.write_text(text)
    return file


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Bridge:
    """What the good file declares, put to work."""
    file = written(tmp_path_factory.mktemp("mapping"), DECLARED)
    return Bridge(read(file, WASTE).model_dump(), WASTE)


def asked(method: str, path: str, query: str = "", body: Any = None, kind: str = "application/json") -> Asked:
    """A call as a caller of the slot makes it."""
    sent = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    headers = (("content-type", kind), ("idempotency-key", "1"))
    return Asked(method, path, query, headers, sent, "http://council")


def test_a_call_is_asked_as_the_component_speaks(bridge: Bridge) -> None:
    report = {
        "uprn": "1",
        "stream": "refuse",
        "collection_date": "2026-06-01",
        "more": [{"stream": "recycling"}],
    }
    operation = WASTE.operations["report_missed_collection"]

    sent = bridge.to_component(asked("POST", "/missed-collections", "", report), operation)

    assert sent.path == "/reports"
    assert sent.header("x-once") == "1"
    assert json.loads(sent.body) == {
        "uprn": "1",
        "container": "RES",
        "due": "2026-06-01",
        "more": [{"container": 7}],
    }
    form = asked(
        "POST", "/missed-collections", "", "stream=recycling&uprn=1", "application/x-www-form-urlencoded"
    )
    assert bridge.to_component(form, operation).body == b"container=7&uprn=1"


def test_a_path_and_a_query_are_translated_and_a_link_back_again(bridge: Bridge) -> None:
    listing, showing = (
        WASTE.operations[f"{each}"] for each in ("list_missed_collections", "show_missed_collection")
    )

    sent = bridge.to_component(asked("GET", "/missed-collections", "stream=refuse&page=2"), listing)
    assert (sent.path, sent.query) == ("/reports", "kind=RES&page=2")
    assert bridge.way("/reports", "kind=RES&page=2") == ("/missed-collections", "stream=refuse&page=2")
    assert bridge.to_component(asked("GET", "/missed-collections/a%20b"), showing).path == "/reports/a%20b"
    assert bridge.way("/reports/a%20b", "") == ("/missed-collections/a%20b", "")
    assert bridge.way("/rounds/R1", "a=b") == ("/rounds/R1", "a=b")


def test_an_answer_is_told_as_the_slot_speaks_and_a_refusal_keeps_its_own_words(bridge: Bridge) -> None:
    operation = WASTE.operations["show_missed_collection"]
    body = b'{"container": "RES", "due": "2026-06-01", "items": [{"container": 7}, {"container": "other"}]}'

    told = bridge.to_slot(Answered(200, (("content-type", "application/json"),), body, 0.0), operation)
    assert json.loads(told.body) == {
        "stream": "refuse",
        "collection_date": "2026-06-01",
        "items": [{"stream": "recycling"}, {"stream": "other"}],
    }
    refused = Answered(422, (("content-type", "application/problem+json"),), body, 0.0)
    assert bridge.to_slot(refused, operation).body == body


def test_an_operation_may_be_spoken_otherwise_than_the_rest(bridge: Bridge) -> None:
    body = b'{"sort": "RES"}'
    told = bridge.to_slot(
        Answered(200, (("content-type", "application/json"),), body, 0.0), WASTE.operations["list_rounds"]
    )
    assert json.loads(told.body) == {"stream": "refuse"}


@pytest.mark.parametrize("body", ['{"stream": ', '{"stream": 1e400}', "[" * 100_000])
def test_what_cannot_be_read_goes_as_it_is(bridge: Bridge, body: str) -> None:
    call = asked("POST", "/missed-collections", "", body)
    assert bridge.to_component(call, WASTE.operations["report_missed_collection"]).body == body.encode()


WORDS = [
    "stream",
    "container",
    "collection_date",
    "due",
    "uprn",
    "sort",
    "kind",
    "refuse",
    "RES",
    "7",
    "recycling",
    "x",
]
scalars = st.one_of(st.sampled_from(WORDS), st.integers(-9, 9), st.booleans(), st.none(), st.text(max_size=4))
documents = st.recursive(
    scalars,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.sampled_from(WORDS), some, max_size=4),
)


@given(
    documents,
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), max_size=4),
    st.integers(0, 14),
)
def test_to_the_component_and_back_is_the_same(
    bridge: Bridge, body: Any, query: list[tuple[str, str]], which: int
) -> None:
    operation = list(WASTE.operations.values())[which]
    path = operation.template.replace("{reference}", "MC%201").replace("{uprn}", "1")
    call = asked(operation.method, path, urlencode(query), json.dumps(body))

    sent = bridge.to_component(call, operation)
    back = bridge.to_slot(Answered(200, sent.headers, sent.body, 0.0), operation)

    same = json.loads(back.body)
    assert json.dumps(same, sort_keys=True) == json.dumps(body, sort_keys=True)
    assert back.headers == call.headers
    if operation.method == "GET":
        path_back, query_back = bridge.way(sent.path, sent.query)
        assert path_back == path
        assert parse_qsl(query_back) == parse_qsl(urlencode(query))


names = st.sampled_from("abcdef")
codes = st.one_of(names, st.integers(0, 3), st.booleans())


@given(st.dictionaries(names, codes, max_size=6), codes)
def test_no_renaming_calls_two_things_the_same(pairs: dict[str, Any], one: Any) -> None:
    told_apart = {(type(other), other): name for name, other in pairs.items()}
    renaming = Renaming((name, other) for (_, other), name in told_apart.items())
    assert renaming.of(renaming.of(one, back=False), back=True) is one
    for name, (_, other) in ((name, key) for key, name in told_apart.items()):
        assert renaming.of(name, back=False) is other


BROKEN = """\
paths:
  /missed-collection: /reports
  /rounds: /round list
  /rounds/{reference}: /rounds/{number}
  /properties/{uprn}: /rounds/{uprn}
feilds:
  stream: container
fields:
  straem: container
  uprn: stream
  reference: due
  reported_at: due
codes:
  stream:
    refus: RES
    recycling: food
    garden: G
    garden: H
headers:
  Authorization: X-Key
operations:
  list_round:
    query:
      pgae: p
"""


def test_every_mistake_is_named_by_its_line_with_the_nearest_right_word(tmp_path: Path) -> None:
    file = written(tmp_path, BROKEN)
    with pytest.raises(BrokenMapping) as first:
        read(file, WASTE)
    assert f"{file}:6: feilds: there is no such part; did you mean `fields`?" in str(first.value)

    file = written(tmp_path, BROKEN.replace("feilds:\n  stream: container\n", "\n\n"))
    with pytest.raises(BrokenMapping) as second:
        read(file, WASTE)
    said = str(second.value)
    for line in (
        ":2: paths./missed-collection: waste has no path /missed-collection; did you mean "
        "`/missed-collections`?",
        ":3: paths./rounds: /round list is no path such as /reports/{reference}",
        ":4: paths./rounds/{reference}: /rounds/{number} must name what /rounds/{reference} names, and "
        "nothing else: {reference}",
        ":9: fields.straem: there is no field straem; did you mean `stream`?",
        ":10: fields.uprn: stream is a field of the slot's own, and could not be told from uprn",
        ":12: fields.reported_at: due stands for reference already",
        ":15: codes.stream.refus: stream is never refus; did you mean `refuse`?",
        ":16: codes.stream.recycling: food is a code of the slot's own, and could not be told from recycling",
        ":18: codes.stream.garden: garden stands here twice",
        ":20: headers.Authorization: Authorization cannot be called otherwise",
        ":22: operations.list_round: waste has no operation list_round; did you mean `list_rounds`?",
        ":24: operations.list_round.query.pgae: there is no query parameter pgae; did you mean `page`?",
    ):
        assert f"{file}{line}" in said, said
    assert said.startswith("12 mistakes in the mapping:"), said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paths: [", "mapping.yaml:1: "),
        ("a: &b {}\nc: *b", "has an alias"),
        ("- paths", "valid dictionary"),
        ("codes: {stream: {refuse: 2026-06-01}}", "mapping.yaml:1: codes.stream.refuse"),
        ("fields: {stream: {a: {b: {c: {d: {e: {f: g}}}}}}}", "mapping.yaml:1: fields"),
        ("fields: {stream: 1}", "mapping.yaml:1: fields.stream"),
        ("\x00", "mapping.yaml"),
    ],
)
def test_what_is_no_mapping_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BrokenMapping) as refused:
        read(written(tmp_path, text), WASTE)
    assert said in str(refused.value)


def test_an_empty_file_declares_nothing(tmp_path: Path) -> None:
    assert read(written(tmp_path, "# nothing yet\n"), WASTE) == MappingDeclared()


def test_every_slot_may_be_mapped_to_itself() -> None:
    for slug, service in discover().items():
        contract = Contract.of(service)
        paths = {each.template: each.template for each in contract.operations.values()}
        assert faults_in(MappingDeclared(paths=paths), contract) == [], slug


@pytest.fixture
def slot(council: CouncilUnderTest) -> Iterator[Filled]:
    """The slot for waste, filled by an odd component."""
    with filled(council) as there:
        yield there


def test_a_mapping_holds_from_the_next_call_on_until_it_is_withdrawn(slot: Filled) -> None:
    client, at = slot.council.client, f"/sandbox/councils/fairwater/components/{NAME}/mapping"
    assert client.get(at).status_code == 404

    wanted = {"paths": {"/rounds/{reference}": "/routes/{reference}"}, "fields": {"reference": "id"}}
    shown = client.put(at, json=wanted)
    assert shown.status_code == 200, shown.text
    assert client.get(at).json() == shown.json()
    slot.odd.say('{"id": "R1"}', headers=(("location", "/routes/R2?page=1"),))
    answer = slot.get("/rounds/R1")
    assert slot.odd.request_line == "GET /routes/R1 HTTP/1.1"
    assert answer.json() == {"reference": "R1"}
    assert answer.headers["location"] == "http://127.0.0.1:8000/councils/fairwater/waste/rounds/R2?page=1"

    faulty = client.put(at, json={"fields": {"refrence": "id"}})
    assert faulty.status_code == 422
    (fault,) = faulty.json()["errors"]
    assert fault["where"] == "body.fields.refrence"
    assert "did you mean `reference`?" in fault["what"]
    assert client.get(at).json() == shown.json()

    assert client.delete(at).status_code == 204
    slot.get("/rounds/R1")
    assert slot.odd.request_line == "GET /rounds/R1 HTTP/1.1"
