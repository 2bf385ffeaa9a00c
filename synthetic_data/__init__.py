"""The pretend town as columns: real, aggregate figures in, invented people and homes out.

``profiles`` holds the published figures, ``build`` turns a profile into a
:class:`~synthetic_data.town.Town`, ``fidelity`` measures how closely the town keeps
to its profile. Nothing here knows the web, a database or a particular service.
"""
