"""The reports of a run as options of a command: each path is tried before a run, and written after it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox.failure import Failure

if TYPE_CHECKING:
    from scenarios.conformance.record import Exchange, Record

PANEL = "Reports"
STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable in which GitHub's runners name the file of the step's summary, to which a step appends."""


def _report(flag: str, said: str) -> typer.models.OptionInfo:
    option = typer.Option(flag, metavar="FILE", help=said, rich_help_panel=PANEL)
    assert isinstance(option, typer.models.OptionInfo)
    return option


Junit = Annotated[Path | None, _report("--junit", "JUnit XML, as CI servers read it.")]
Json = Annotated[Path | None, _report("--json", "The whole record, signed: see [b]council evidence[/b].")]
Html = Annotated[Path | None, _report("--html", "One page, to be read and printed.")]
Badge = Annotated[Path | None, _report("--badge", "A badge as SVG.")]
Har = Annotated[Path | None, _report("--har", "Every call, as an HTTP archive.")]
Summary = Annotated[
    Path | None,
    _report("--summary", "A summary in Markdown. In GitHub's CI it is written to the step's by itself."),
]


@dataclass(frozen=True)
class ReportPaths:
    """The options that say where reports go, in one."""

    junit: Junit = None
    json: Json = None
    html: Html = None
    badge: Badge = None
    har: Har = None
    summary: Summary = None

    def reports(self) -> Reports:
        """The reports asked for, with the summary of a step of GitHub's CI where this is one."""
        return Reports.with_step_summary(**vars(self))


class CannotReport(Failure):
    """A report cannot be written where it was asked for."""


@dataclass(frozen=True)
class Reports:
    """Which reports were asked for, and where they go."""

    junit: Path | None = None
    json: Path | None = None
    html: Path | None = None
    badge: Path | None = None
    har: Path | None = None
    summary: Path | None = None
    step_summary: Path | None = None

    @classmethod
    def with_step_summary(cls, **paths: Path | None) -> Reports:
        """Those asked for, and the summary of a step of GitHub's CI where this is one."""
        named = os.environ.get(STEP_SUMMARY, "")
        return cls(**paths, step_summary=Path(named) if named else None)

    @property
    def named(self) -> list[Path]:
        """The files that were asked for."""
        return [path for option, path, _ in self._named() if option != STEP_SUMMARY]

    def check(self) -> None:
        """Raise CannotReport where one could not be written, before anything is run."""
        from scenarios.problems import ReportNotWritable
        from scenarios.writing import check_writable

        taken: dict[Path, str] = {}
        for name, path, suggested in self._named():
            try:
                check_writable(path, suggested)
            except ReportNotWritable as wrong:
                raise CannotReport(f"{name}: {wrong}") from wrong
            at = path.resolve()
            if at in taken:
                raise CannotReport(f"{name} and {taken[at]} both name {path}; give each a file of its own")
            taken[at] = name

    def write(
        self,
        record: Record,
        *,
        signed: Callable[[], bytes] | None = None,
        exchanges: Mapping[str, Sequence[Exchange]] | None = None,
    ) -> None:
        """Write each report whole or not at all; raises CannotReport. `signed` makes what `json` holds."""
        for path, content in self._contents(record, signed, exchanges):
            written(path, content)
        if self.step_summary is not None:
            _append(self.step_summary, record)

    def _contents(
        self,
        record: Record,
        signed: Callable[[], bytes] | None,
        exchanges: Mapping[str, Sequence[Exchange]] | None,
    ) -> Iterable[tuple[Path, bytes]]:
        from scenarios.conformance.reports import badge, har, html, junit, summary

        if self.json is not None and signed is not None:
            yield self.json, signed()
        if self.junit is not None:
            yield self.junit, junit.xml(record)
        if self.html is not None:
            yield self.html, html.page(record).encode()
        if self.badge is not None:
            yield self.badge, badge.svg(record)
        if self.har is not None:
            yield self.har, har.archive(record, exchanges or {})
        if self.summary is not None:
            yield self.summary, summary.markdown(record).encode()

    def _named(self) -> Iterable[tuple[str, Path, str]]:
        """(option, path, a name to suggest) of each that was asked for."""
        for name, path, suggested in (
            ("--junit", self.junit, "junit.xml"),
            ("--json", self.json, "evidence.json"),
            ("--html", self.html, "report.html"),
            ("--badge", self.badge, "badge.svg"),
            ("--har", self.har, "calls.har"),
            ("--summary", self.summary, "summary.md"),
            (STEP_SUMMARY, self.step_summary, "summary.md"),
        ):
            if path is not None:
                yield name, path, suggested


def written(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises CannotReport."""
    from scenarios.problems import ReportNotWritable
    from scenarios.writing import write_whole

    try:
        write_whole(path, content)
    except ReportNotWritable as wrong:
        raise CannotReport(str(wrong)) from wrong


def _append(path: Path, record: Record) -> None:
    """A step's summary is added to: steps before this one have said theirs."""
    from scenarios.conformance.reports import summary

    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(summary.markdown(record))
    except OSError as wrong:
        raise CannotReport(f"{path} cannot be written: {wrong.strerror}") from wrong


COLOURS: Mapping[str, str] = {
    "ok": "green",
    "FAIL": "red",
    "ERROR": "red",
    "known": "yellow",
    "skip": "yellow",
    "met": "green",
    "NOT": "red",
    "not": "yellow",
    "PASSED": "green",
    "-": "green",
    "+": "red",
}
"""The colour of a line's first word, where the line has a mark."""


def echo(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines together, so that another thread's do not come in between; coloured on a terminal."""
    typer.echo("\n".join(map(coloured, lines)), err=err)


def coloured(line: str) -> str:
    """The line with its mark in colour; typer takes colours out again where the output is no terminal."""
    mark, space, rest = line.lstrip().partition(" ")
    if mark not in COLOURS or os.environ.get("NO_COLOR"):
        return line
    before = line[: len(line) - len(line.lstrip())]
    return f"{before}{typer.style(mark, fg=COLOURS[mark], bold=mark.isupper())}{space}{rest}"
