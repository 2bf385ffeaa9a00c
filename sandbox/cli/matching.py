"""``council score-matches``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.ask import DEMO_NAME
from sandbox.cli.options import DEFAULT_DATA, Data
from sandbox.failure import Failure
from sandbox.folder import DataFolder, NoSuchCouncil, read_facts

if TYPE_CHECKING:
    from sandbox.matching import Score, Tally

MatchesFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        help="CSV with the header [b]left,right[/b], a pair on each line, or [b]record,cluster[/b]; a record "
        "is written [b]SERVICE:KEY[/b].",
        show_default=False,
    ),
]
CouncilName = Annotated[
    str | None,
    typer.Option("--council", help="The council that was matched.", show_default="fairwater, or the first"),
]
OfServices = Annotated[
    list[str] | None,
    typer.Option(
        "--service",
        help="Count only the records of this service; can be given several times.",
        show_default="all",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the score as JSON.")]
Template = Annotated[bool, typer.Option("--template", help="Print an example of such a file, and no more.")]


class NoFile(Failure):
    """There is nothing to score."""


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("score-matches", rich_help_panel="Scenarios")(score_matches)


def score_matches(
    file: MatchesFile = None,
    council: CouncilName = None,
    service: OfServices = None,
    as_json: AsJson = False,
    template: Template = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Score a product that finds the records of one person: precision, recall and F1, counted in pairs."""
    from sandbox.matches_file import TEMPLATE, read_claims
    from sandbox.matching import read_truth, score

    if template:
        typer.echo(TEMPLATE, nl=False)
        return
    if file is None:
        raise NoFile("Name the file of matches; `council score-matches --template` prints an example")
    folder = DataFolder(data)
    name = council or _first(folder)
    place = folder.existing(name)
    mess = read_facts(place).get("mess")
    truth = read_truth(place, [each.replace("_", "-") for each in service or ()])
    claims = read_claims(file, truth)
    result = score(truth, claims)
    if as_json:
        facts = {"council": name, "mess": mess, "services": truth.services, "records": len(truth.person)}
        typer.echo(json.dumps({**facts, "left_out": claims.left_out, **_as_json(result)}, indent=2))
        return
    typer.echo(f"{name}, mess {mess}: {len(truth.person):,} records of {', '.join(truth.services)}")
    if claims.left_out:
        typer.echo(f"{claims.left_out:,} lines were left out: they name records of other services")
    _print(result)


def _first(folder: DataFolder) -> str:
    names = folder.names()
    if not names:
        raise NoSuchCouncil(f"There are no councils in {folder.path} yet; `council build` makes one")
    return DEMO_NAME if DEMO_NAME in names else names[0]


def _as_json(score: Score) -> dict[str, Any]:
    return {
        **_counts(score.all),
        "by_services": [{"services": pair, **_counts(each)} for pair, each in score.by_services.items()],
        "by_fault": [
            {"fault": kind, "true_pairs": each.true, "right_pairs": each.right, "recall": _short(each.recall)}
            for kind, each in score.by_fault.items()
        ],
    }


def _counts(tally: Tally) -> dict[str, Any]:
    return {
        "true_pairs": tally.true,
        "claimed_pairs": tally.claimed,
        "right_pairs": tally.right,
        "precision": _short(tally.precision),
        "recall": _short(tally.recall),
        "f1": _short(tally.f1),
    }


def _short(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


def _print(score: Score) -> None:
    from rich.console import Console
    from rich.table import Table

    whole = score.all
    typer.echo(f"{whole.right:,} of {whole.claimed:,} claimed pairs are right; {whole.true:,} pairs are true")
    typer.echo(
        f"Precision {_written(whole.precision)}   Recall {_written(whole.recall)}   F1 {_written(whole.f1)}"
    )
    between = Table("Between", "True", "Claimed", "Right", "Precision", "Recall", "F1", box=None)
    for (one, other), each in score.by_services.items():
        shares = (_written(share) for share in (each.precision, each.recall, each.f1))
        where = f"within {one}" if one == other else f"{one} and {other}"
        between.add_row(where, f"{each.true:,}", f"{each.claimed:,}", f"{each.right:,}", *shares)
    by_fault = Table("Fault in either record", "True", "Right", "Recall", box=None)
    for kind, each in score.by_fault.items():
        by_fault.add_row(kind.replace("_", " "), f"{each.true:,}", f"{each.right:,}", _written(each.recall))
    for table in (between, by_fault):
        for column in table.columns[1:]:
            column.justify = "right"
        Console().print()
        Console().print(table)


def _written(share: float | None) -> str:
    """A share as it is printed; never rounded up to 1."""
    return "-" if share is None else "1.0000" if share == 1 else f"{int(share * 10_000) / 10_000:.4f}"
