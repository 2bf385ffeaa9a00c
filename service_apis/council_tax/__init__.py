"""Council tax: the billing and collection system of a billing authority."""

from service_apis.kit.service import Service, Try

_AN_ACCOUNT = {"reference": "/accounts?status=open&per_page=1#/items/0/reference"}

service = Service(
    package=__name__,
    title="Council tax",
    summary="Bills every home for council tax, takes payments, follows house moves and recovers arrears.",
    tries=(
        Try("What is the year's charge in each band?", "/charges"),
        Try("What does one account owe, and when?", "/accounts/{reference}", where=_AN_ACCOUNT),
        Try("How was its bill worked out?", "/accounts/{reference}/bills", where=_AN_ACCOUNT),
        Try("Which accounts have a liability order?", "/accounts?stage=liability_order&per_page=5"),
    ),
)
