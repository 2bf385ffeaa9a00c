"""How long things take, run by hand: `python -m tests.benchmarks.build`, `.reads` and `.writes`.

Nothing here asserts a time, because machines differ; each prints a table and puts it in RESULTS.md. What is
compared is compared in one run, in turns, so that a ratio means something where a figure does not.
"""
