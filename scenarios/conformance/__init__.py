"""Conformance: does a target fill the slot of a service as its contract, its journeys and its requirements
say?

A *check* is one thing looked at, of one of six kinds, and says which requirements it verifies; `kinds/` holds
them, a module a kind. A *target* is whatever answers at the slot's addresses: the sandbox's own service, a
supplier's component, a test system. What a run came to is one `Record`, from which every report is made and
which is signed as evidence.

Read in this order: `checks` (what a check is and how it ends), `probe` (what it works with), `makings`,
`lists` and `telling` (how it makes records, reads lists and hears events, whatever the service), `target`
(where it asks), `plan` (which checks there are), `running` (all of them, in lanes), `verdicts` and `record`
(what is said of it), `reports/`, `evidence`.
"""

from __future__ import annotations
