"""A council's traffic: what a day brings to one of its services, and what a recorded session brought.

``volumes`` reads from a pack how often what is asked, ``day`` says when on a day, ``asks`` turns that into
calls with values that the council itself shows, and ``recorded`` takes the calls of the journal.
"""
