"""Residents: the citizen index of a council.

It imitates the master index by which a council knows that the person on one line of business is
the person on another: name, date of birth, address, household, how to reach them.
"""

from service_apis.kit.service import Service, Try

service = Service(
    package=__name__,
    title="Residents",
    summary="Finds a resident by name, date of birth or address, and records that they have moved.",
    tries=(
        Try(
            "Who is one of the council's residents?",
            "/residents/{id}",
            where={"id": "/residents?per_page=1#/items/0/id"},
        ),
        Try(
            "Who else lives in their household?",
            "/residents/{id}/household",
            where={"id": "/residents?per_page=1&page=3#/items/0/id"},
        ),
        Try("Which residents are called Smith?", "/residents?name=Smith&per_page=5"),
    ),
)
