"""Addresses: the local land and property gazetteer of a council.

It imitates the gazetteer that every council in England and Wales keeps under BS 7666: streets
with a USRN, properties with a UPRN, their ward, classification and place on the map.
"""

from service_apis.kit.service import Service, Try

service = Service(
    package=__name__,
    title="Addresses",
    summary="Finds any street or property of the council by number, postcode or a few words.",
    tries=(
        Try(
            "What does the council know of one property?",
            "/properties/{uprn}",
            where={"uprn": "/properties?per_page=1#/items/0/uprn"},
        ),
        Try(
            "Which properties share its postcode?",
            "/properties?postcode={postcode}",
            where={"postcode": "/properties?per_page=1#/items/0/postcode"},
        ),
        Try("Which wards does the council have?", "/wards"),
    ),
)
