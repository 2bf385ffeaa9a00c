"""Writing the folder of a new service: small, whole, and passing every test that services get free.

``blank/`` holds the files with ``$placeholders``; what comes out is ordinary code, to be made one's own.
"""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from string import Template

import scenarios
import service_apis
from sandbox.failure import Failure

_SLUG = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")


class CannotWrite(Failure):
    """The folder of a new service cannot be written."""


def write_service(name: str) -> list[Path]:
    """Write the folder and a journey of a new service, and return the files in the order of writing.

    Raises CannotWrite, and writes nothing, where the name is no slug or something of it is there.
    """
    slug = name.replace("-", "_")
    if not _SLUG.match(slug) or keyword.iskeyword(slug) or len(slug) > 30:
        raise CannotWrite(
            f"{name!r} cannot be a service's name: use lower-case words joined by underscores, 30 letters at "
            "most, such as allotments or blue_badges"
        )
    folder = Path(service_apis.__path__[0]) / slug
    pack = Path(scenarios.__path__[0]) / "packs" / slug
    for there in (folder, pack):
        if there.exists():
            raise CannotWrite(f"{there} is there already; choose another name, or delete it first")
    words = slug.replace("_", " ")
    values = {
        "slug": slug,
        "url": slug.replace("_", "-"),
        "title": words.capitalize(),
        "words": words,
        "code": slug.upper(),
    }
    try:
        return [*_written("service", folder, values), *_written("pack", pack, values)]
    except OSError as error:
        raise CannotWrite(f"{error.filename} could not be written: {error.strerror}") from error


def _sorted_imports(text: str) -> str:
    """The text with neighbouring imports of ours in the order of their names, whatever the new one is."""
    lines = text.splitlines(keepends=True)
    for is_ours, group in groupby(range(len(lines)), lambda n: lines[n].startswith("from service_apis.")):
        places = list(group)
        if is_ours:
            lines[places[0] : places[-1] + 1] = sorted(lines[place] for place in places)
    return "".join(lines)


def _written(part: str, folder: Path, values: dict[str, str]) -> list[Path]:
    folder.mkdir(parents=True)
    written = []
    blanks = files("sandbox.scaffold").joinpath("blank", part)
    for blank in sorted(blanks.iterdir(), key=lambda each: each.name):
        path = folder / Template(blank.name.removesuffix(".txt")).substitute(values)
        path.write_text(_sorted_imports(Template(blank.read_text()).substitute(values)))
        written.append(path)
    return written
