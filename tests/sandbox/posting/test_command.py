"""``council events`` and ``council webhook`` as people type them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.cli.events import NothingHappens
from sandbox.cli.webhooks import NotAsMeant
from sandbox.reach import Refused
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.posting.conftest import Served, record
from tests.sandbox.posting.receiver import Receiver, until

COUNCIL = str(Path(sys.executable).with_name("council"))


def said(served: Served, *words: str, code: int = 0) -> str:
    """What the command prints, of the served council."""
    done = CliRunner().invoke(app, [*words, "--url", served.url, "--key", KEY])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def test_a_webhook_from_its_registration_to_its_removal(served: Served, receiver: Receiver) -> None:
    made = said(served, "webhook", "add", receiver.url, "--first-retry", "0.01", "--attempts", "1")
    found = re.search(r"Webhook  (wh_\w+)\nSecret   (whsec_\S+)", made)
    assert found
    webhook, secret = found.groups()
    assert "Arrived in" in said(served, "webhook", "test", webhook)
    receiver.answer = lambda received: (500, {})
    assert "500" in said(served, "webhook", "test", webhook, code=1)
    served.happen()
    until(lambda: "R00000001" in said(served, "webhook", "dead-letters", webhook))
    receiver.answer = lambda received: (200, {})
    assert "1 to be delivered again" in said(served, "webhook", "replay", webhook, "--all")
    until(lambda: "There are no dead letters" in said(served, "webhook", "dead-letters", webhook))
    turned = said(served, "webhook", "rotate", webhook, "--overlap-hours", "1")
    assert "whsec_" in turned
    assert secret not in turned
    assert "Paused" in said(served, "webhook", "pause", webhook)
    listed = said(served, "webhook", "list")
    assert webhook in listed
    assert "whsec_" not in listed
    assert "Resumed" in said(served, "webhook", "resume", webhook)
    assert "Removed" in said(served, "webhook", "remove", webhook)
    assert "There are no webhooks" in said(served, "webhook", "list")


def test_events_are_printed_on_a_line_each_or_as_json(served: Served) -> None:
    record(served.council, "R1", "resident.moved", to_uprn="999")
    record(served.council, "R2", "resident.died")
    lines = said(served, "events").splitlines()
    assert [re.split(r"\s{2,}", line) for line in lines] == [
        ["2026-06-01 08:00", "residents.resident.moved", "R1", "to_uprn 999"],
        ["2026-06-01 08:00", "residents.resident.died", "R2"],
    ]
    (only,) = said(served, "events", "fairwater", "--type", "*.died", "--json").splitlines()
    assert json.loads(only)["subject"] == "R2"
    assert "There are no such events yet" in said(served, "events", "--after", "0-2")


def test_what_happens_can_be_followed(served: Served) -> None:
    words = [COUNCIL, "events", "fairwater", "--follow", "--after", "0", "--url", served.url, "--key", KEY]
    record(served.council, "R1")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as following:
        try:
            assert following.stdout
            assert "R1" in following.stdout.readline()
            record(served.council, "R2")
            assert "R2" in following.stdout.readline()
        finally:
            following.terminate()


def test_what_does_not_go_together_is_refused(served: Served, receiver: Receiver) -> None:
    with pytest.raises(NotAsMeant):
        said(served, "webhook", "replay", "wh_00")
    with pytest.raises(Refused, match="no webhook wh_00"):
        said(served, "webhook", "test", "wh_00")
    with pytest.raises(Refused, match="--allow"):
        said(served, "webhook", "add", "http://10.0.0.7/hook")
    with pytest.raises(Refused, match="ends at position 0"):
        said(served, "events", "--after", "7")


def test_a_council_that_nobody_serves_can_be_asked_but_not_followed(council: CouncilUnderTest) -> None:
    record(council, "R1")
    data = ["--data", str(council.folder.path)]
    council.close()
    assert "R1" in CliRunner().invoke(app, ["events", *data]).output
    followed = CliRunner().invoke(app, ["events", "--follow", *data])
    assert isinstance(followed.exception, NothingHappens)
    added = CliRunner().invoke(app, ["webhook", "add", "http://127.0.0.1:9/", *data])
    assert "whsec_" in added.output
