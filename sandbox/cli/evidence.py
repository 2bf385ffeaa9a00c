"""``council evidence``: verify, show and compare the signed records of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from sandbox.cli import reporting
from sandbox.cli.options import DEFAULT_DATA, Data
from sandbox.cli.reporting import Reports

if TYPE_CHECKING:
    from sandbox.evidence import Evidence
    from scenarios.conformance.record import Record

Found = TypeVar("Found")
WORSE = TAMPERED = 1
MEANING = (
    "A signature shows that the holder of this key wrote the record and nobody changed it since. It",
    "does not show who that is: compare the fingerprint with one that the signer gave you.",
)

EvidenceFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="What [b]council conform --json[/b] wrote.")
]
Other = Annotated[Path, typer.Argument(metavar="OTHER", help="The later one.")]
One = Annotated[Path, typer.Argument(metavar="ONE", help="The earlier one.")]
By = Annotated[
    str | None,
    typer.Option(
        "--signer", metavar="FINGERPRINT", help="Who has to have signed it: what [b]evidence key[/b] printed."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands under ``council evidence``."""
    evidence = typer.Typer(help="The signed records of runs of checks.", no_args_is_help=True)
    for command in (verify, show, compare, key):
        evidence.command(command.__name__)(command)
    app.add_typer(evidence, name="evidence", rich_help_panel="Scenarios")


def verify(file: EvidenceFile, signer: By = None, data: Data = DEFAULT_DATA) -> None:
    """Say who signed a record, and whether it is as it was signed: 0 if so, 1 if not, 2 if unreadable."""
    from sandbox import evidence
    from sandbox.cli import history_evidence

    found = _good(file, evidence.read_any)
    if isinstance(found, evidence.HistoryEvidence):
        lines = history_evidence.told(found, _own(data))
        contradiction = history_evidence.contradiction(found.record)
    else:
        lines = _told(found, _own(data))
        contradiction = _contradiction(found.record)
    for line in lines:
        typer.echo(line)
    if signer is not None and signer.strip() != found.fingerprint:
        typer.echo(f"NOT GOOD: it was signed by another than {signer}")
        raise typer.Exit(TAMPERED)
    if contradiction:
        typer.echo(f"NOT GOOD: {contradiction}")
        raise typer.Exit(TAMPERED)
    typer.echo("GOOD: the record is as it was signed")


def show(
    file: EvidenceFile,
    junit: reporting.Junit = None,
    html: reporting.Html = None,
    badge: reporting.Badge = None,
    summary: reporting.Summary = None,
) -> None:
    """Show a record as its run was reported, and write its reports again; the signature has to be good."""
    from scenarios.conformance.reports import text

    reports = Reports(junit=junit, html=html, badge=badge, summary=summary)
    reports.check()
    record = _read(file).record
    reporting.echo(text.whole(record))
    reports.write(record)


def compare(one: One, other: Other) -> None:
    """Say what a later run has that an earlier one had not: 0 if nothing got worse, 1 if something did."""
    from scenarios.conformance import comparing

    earlier, later = _read(one), _read(other)
    found = comparing.compared(earlier.record, later.record)
    if earlier.fingerprint != later.fingerprint:
        typer.echo(f"signed by another: {earlier.fingerprint} and {later.fingerprint}")
    reporting.echo(comparing.told(found))
    if found.worse:
        raise typer.Exit(WORSE)


def key(data: Data = DEFAULT_DATA) -> None:
    """Print the fingerprint of the key that this data folder signs evidence with; made if there is none."""
    from sandbox import evidence
    from sandbox.folder import DataFolder

    typer.echo(evidence.signer(DataFolder(data)).fingerprint)


def _read(file: Path) -> Evidence:
    from sandbox import evidence

    return _good(file, evidence.read)


def _good(file: Path, read: Callable[[Path], Found]) -> Found:
    """What is read of a file whose signature is good; says so and ends where it is not."""
    from sandbox import evidence

    try:
        return read(file)
    except evidence.Tampered as changed:
        typer.echo(f"{file}: {changed}")
        typer.echo("NOT GOOD")
        raise typer.Exit(TAMPERED) from changed


def _contradiction(record: Record) -> str:
    from scenarios.conformance import verdicts

    if record.passed != (verdicts.passed(record.requirements, record.checks) and not record.notices):
        return "its signer wrote a verdict that its own checks contradict"
    return ""


def _own(data: Path) -> str | None:
    """The fingerprint of this data folder, where it has a key."""
    from sandbox import evidence
    from sandbox.folder import MARKER, DataFolder

    if not (data / MARKER).exists() or not evidence.key_file(DataFolder(data)).exists():
        return None
    return evidence.signer(DataFolder(data)).fingerprint


def _told(found: Evidence, own: str | None) -> Iterator[str]:
    from scenarios.conformance.reports import harmless, telling

    record = found.record
    yield f"signed by  {found.fingerprint}{' (this data folder)' if own == found.fingerprint else ''}"
    yield f"record     {found.digest} (SHA-256)"
    for target in record.targets:
        what = " ".join(each for each in (target.title, target.version, f"at {target.address}") if each)
        yield f"tested     {target.service}: {harmless.line(what)}"
    council = record.council
    yield f"on         {council.name}, shaped like {council.shaped_like}, seed {council.seed}"
    yield f"its time   {council.now.isoformat()}"
    yield f"when       {record.began.isoformat(timespec='seconds')}, {record.seconds:.1f} s"
    yield f"with       Virtual Council {record.made_with.virtual_council}, seed {record.seed}"
    yield f"verdict    {'PASSED' if record.passed else 'NOT PASSED'}. {telling.headline(record)}"
    yield from MEANING
