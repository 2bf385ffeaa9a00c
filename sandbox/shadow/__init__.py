"""How a candidate answers compared with the stub: pairs of answers, told apart by what they mean.

``comparing`` says what differs between two answers, ``happenings`` between two sets of events; ``noise``
what of it means nothing. ``tally`` counts, groups by cause and sums up in plain English; ``results`` keeps
that in the council's notebook. ``watching`` does all of it for live calls; ``jobs`` begin a ``running``,
which makes a fork and lets ``replay`` send a day's traffic to both sides, whose answers ``judging`` hears.
"""
