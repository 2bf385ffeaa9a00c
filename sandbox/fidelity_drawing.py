"""Draws charts and ends: ``python -m sandbox.fidelity_drawing`` reads specifications and writes SVG.

Standard input is a JSON object of Vega-Lite specifications by name, standard output one of SVG documents
by the same names. It is a program of its own, because what draws keeps much memory once loaded.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Draw what standard input asks for."""
    import vl_convert

    # No address may be asked for, and none is needed: the data stands in the specification.
    drawn = {
        name: vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
        for name, specification in json.load(sys.stdin).items()
    }
    json.dump(drawn, sys.stdout)


if __name__ == "__main__":
    main()
