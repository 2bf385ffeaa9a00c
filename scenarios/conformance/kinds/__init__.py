"""The kinds of check. Each module offers `checks(service, packs)`: those that one service's contract and
packs give.

`service` is the slot's published contract (`scenarios.openapi.Service`), whose `name` is the slug. A check
must not depend on another's having run. What a check verifies is named by requirements; those of every
service are in `packs/journeys/requirements.yaml`.
"""
