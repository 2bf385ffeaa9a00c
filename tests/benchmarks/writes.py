"""Durable writes a second beside reads: payments on council tax accounts, and the same accounts read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

import httpx

from tests.benchmarks import council, results
from tests.benchmarks.load import CONNECTIONS, Rate, load
from tests.benchmarks.server import Server, started

RESIDENTS = 10_000
WARM_UP_SECONDS = 2
ROUND_SECONDS = 5
ROUNDS = 3
NOTE = f"""Council tax accounts in turn, with a key, over {CONNECTIONS} kept connections (wrk), {RESIDENTS:,}
residents. A read is one account. A write is one payment: the account, a line of its ledger and an event, in
one transaction that is committed before the answer and outlives the process. The server has one core and
wrk the other; medians of {ROUNDS} rounds of {ROUND_SECONDS} seconds, taken in turns."""

REQUESTS = """
local references = {%s}
local turn = 0
request = function()
  turn = turn %% #references + 1
  return wrk.format("%s", "%s" .. references[turn] .. "%s", nil, '%s')
end
"""


def script(file: Path, method: str, server: Server, references: list[str], tail: str, body: str) -> str:
    """A script for wrk that goes through the accounts, one a request."""
    path = httpx.URL(server.url).path.partition("?")[0] + "/"
    named = ", ".join(f'"{reference}"' for reference in references)
    file.write_text(
        REQUESTS % (named, method, path, tail, body) + 'wrk.headers["Content-Type"] = "application/json"\n'
    )
    return str(file)


def references_of(server: Server) -> list[str]:
    """Some accounts of the running council."""
    headers = {"Authorization": f"Bearer {council.KEY}"}
    address = server.url.partition("?")[0]
    answer = httpx.get(
        address, params={"per_page": 200, "status": "open"}, headers=headers
    ).raise_for_status()
    return [account["reference"] for account in answer.json()["items"]]


def measure(server: Server, folder: Path) -> dict[str, list[Rate]]:
    """The rates of reads and writes, a round of each in turns."""
    taken: dict[str, list[Rate]] = {"read an account": [], "record a payment": []}
    payment = '{"amount_pence": 1, "method": "card"}'
    with started(server, council.KEY):
        references = references_of(server)
        scripts = {
            "read an account": script(folder / "read.lua", "GET", server, references, "", ""),
            "record a payment": script(
                folder / "write.lua", "POST", server, references, "/payments", payment
            ),
        }
        for each in scripts.values():
            load(server.url, council.KEY, WARM_UP_SECONDS, each)
        for _ in range(ROUNDS):
            for name, each in scripts.items():
                taken[name].append(load(server.url, council.KEY, ROUND_SECONDS, each))
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        council.build(folder, RESIDENTS)
        taken = measure(council.server(folder, "council-tax/accounts?per_page=1"), folder)
    rates = {name: median(rate.per_second for rate in rates) for name, rates in taken.items()}
    reads = rates["read an account"]
    rows = [
        [
            name,
            f"{rate:,.0f}",
            f"{rate / reads:.2f}",
            f"{median(each.p99_milliseconds for each in taken[name]):.1f}",
        ]
        for name, rate in rates.items()
    ]
    results.write("Writes", NOTE, ["what", "a second", "to reads", "p99, ms"], rows)


if __name__ == "__main__":
    main()
