"""Components: suppliers' products that join a council to fill one of its slots.

``registering`` gives one its key and its secret, ``records`` what our stub of its slot holds to begin with,
``receiving`` takes the events that it sends. All is kept in the council's notebook (``tables``), which no
fork copies and no restore takes back.
"""
