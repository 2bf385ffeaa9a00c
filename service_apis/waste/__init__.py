"""Waste: household collections, from the rounds and their calendar to missed bins and bulky things."""

from service_apis.kit.service import Service, Try

_A_HOME = {"uprn": "/collections?reportable=true&per_page=1#/items/0/uprn"}

service = Service(
    package=__name__,
    title="Waste",
    summary="Says when each home's bins are emptied, takes reports of missed ones, books bulky collections.",
    tries=(
        Try("When are the bins of one home emptied?", "/properties/{uprn}/collections", where=_A_HOME),
        Try("Which bins were emptied lately, and may be reported as missed?", "/collections?reportable=true"),
        Try("Which missed bins have the crews still to return for?", "/missed-collections?status=reported"),
        Try("On which days can a sofa be fetched?", "/bulky-slots"),
    ),
)
