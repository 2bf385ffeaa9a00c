"""A component's own address reaches no caller, in whichever way it writes it."""

from __future__ import annotations

import pytest

from sandbox.components.asking import Answered
from sandbox.components.places import Places, Telling

COUNCIL = "http://127.0.0.1:8000/councils/fairwater/waste"
COMPONENT = "http://127.0.0.1:9000/api"


def told(
    body: str = "",
    kind: str = "application/json",
    at: str = COMPONENT,
    others: tuple[str, ...] = (),
    **headers: str,
) -> Answered:
    """What a caller is told of an answer to a call of ``/rounds``."""
    sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    answered = Answered(200, (("content-type", kind), *sent), body.encode(), 0.0)
    has_path = {"/rounds", "/rounds/R001"}.__contains__
    telling = Telling(f"{at}/rounds", COUNCIL, lambda path, query: (path, query), has_path)
    return Places(at, others).to_caller(answered, telling)


@pytest.mark.parametrize(
    "written",
    [
        "http://127.0.0.1:9000/api/rounds/R001",
        "HTTP://127.0.0.1:9000/api/rounds/R001",
        "http://localhost:9000/api/rounds/R001",
        "//127.0.0.1:9000/api/rounds/R001",
        "/api/rounds/R001",
        "rounds/R001",
        "http://127.0.0.1:9000/rounds/R001",
        "http://127.0.0.1:9000/councils/fairwater/waste/rounds/R001",
        "http://127.0.0.1:8000/councils/fairwater/waste/rounds/R001",
        "http://127.0.0.1:8000/rounds/R001",
        "/councils/fairwater/waste/rounds/R001",
    ],
)
def test_wherever_a_component_thinks_it_is_a_caller_finds_the_thing_at_the_council(written: str) -> None:
    answer = told(location=written, content_location=written, link=f'<{written}?page=2>; rel="next", <x:y>')

    assert answer.header("location") == f"{COUNCIL}/rounds/R001"
    assert answer.header("content-location") == f"{COUNCIL}/rounds/R001"
    assert answer.header("link") == f'<{COUNCIL}/rounds/R001?page=2>; rel="next", <x:y>'


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://supplier.example/rounds/R001",
        "http://127.0.0.1:8000/councils/fairwater/addresses/properties/1",
        "http://127.0.0.1:90001/rounds",
        "http://[broken/rounds",
    ],
)
def test_what_is_elsewhere_is_left_where_it_is(elsewhere: str) -> None:
    assert told(location=elsewhere).header("location") == elsewhere
    assert told(f'{{"at": "{elsewhere}"}}').body.decode() == f'{{"at": "{elsewhere}"}}'


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('{"at": "http://127.0.0.1:9000/api/rounds/R001?a=b"}', f'{{"at": "{COUNCIL}/rounds/R001?a=b"}}'),
        (
            r'{"at": "http:\/\/127.0.0.1:9000\/api\/rounds"}',
            f'{{"at": "{COUNCIL}/rounds"}}'.replace("/", r"\/"),
        ),
        ('{"at": "HTTP://LocalHost:9000"}', f'{{"at": "{COUNCIL}"}}'),
        ('{"at": "//127.0.0.1:9000/api/rounds"}', f'{{"at": "{COUNCIL.removeprefix("http:")}/rounds"}}'),
        ('{"from": "127.0.0.1:9000"}', '{"from": "127.0.0.1:8000"}'),
        (
            '{"to": "https://a.example/?next=http%3A%2F%2F127.0.0.1%3A9000%2Fapi%2Frounds"}',
            '{"to": "https://a.example/?next='
            'http%3A%2F%2F127.0.0.1%3A8000%2Fcouncils%2Ffairwater%2Fwaste%2Frounds"}',
        ),
        ("<a>http://127.0.0.1:9000/api/rounds</a>", f"<a>{COUNCIL}/rounds</a>"),
        ("see http://127.0.0.1:9000/api.", f"see {COUNCIL}."),
        ("see http://127.0.0.1:9000.", f"see {COUNCIL}."),
        ("a@127.0.0.1:9000: refused", "a@127.0.0.1:8000: refused"),
        ("http://127.0.0.1:9000/apis", f"{COUNCIL}/apis"),
    ],
)
def test_in_bodies_of_text_too(written: str, read: str) -> None:
    assert told(written).body.decode() == read
    assert told(written, "text/plain").body.decode() == read
    assert told("", www_authenticate=written).header("www-authenticate") == read


def test_what_is_no_text_is_left_alone() -> None:
    body = "http://127.0.0.1:9000/api"
    assert told(body, "image/png").body.decode() == body


def test_a_component_at_a_name_is_known_by_where_it_was_found_too() -> None:
    at = "http://bins.test/v1"
    body = '["http://bins.test/v1/rounds", "http://bins.test:80/v1/rounds", "http://10.1.2.3/v1/rounds"]'
    read = told(body, at=at, others=("10.1.2.3",)).body.decode()
    assert read == f'["{COUNCIL}/rounds", "{COUNCIL}/rounds", "{COUNCIL}/rounds"]'
