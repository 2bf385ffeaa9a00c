"""Forced behaviour: the ways in which a council's systems fail their callers, on demand.

``behaviours`` says which there are and what may be said with each, ``doing`` how each is done to a call and
``of_events`` to an event. ``rule`` is what is set for a council, ``rulebook`` keeps its rules, ``earlier``
the older states that stale reads are answered from, ``legacy`` reads the profiles of systems that councils
have. ``passage`` stands in the gateway and puts them together.
"""
