"""Street reports: what is wrong in the street, told over Open311 GeoReport v2.

It imitates the Open311 endpoint that a council offers to FixMyStreet and to its own web site and
apps: the kinds of problem that can be reported, the reports, and their statuses as they move.
"""

from service_apis.kit.service import Service, Try

service = Service(
    package=__name__,
    title="Street reports",
    summary="Takes reports of fly-tipping, potholes, street lights and more, and shows what became of each.",
    standard="Open311 GeoReport v2",
    wire="standard",
    tries=(
        Try("What can be reported?", "/services.json"),
        Try(
            "What has become of one report?",
            "/requests/{id}.json",
            where={"id": "/requests.json?page_size=1#/0/service_request_id"},
        ),
        Try("How have reports moved of late?", "/servicerequestupdates.json"),
    ),
)
