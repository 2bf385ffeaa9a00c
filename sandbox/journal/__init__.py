"""The journal of a council: each call, what it was answered, and the rows and events that it caused.

``noting`` takes a call down on its way, ``masking`` takes out what is secret, ``ring`` keeps the latest in a
file of bounded size, and ``journals`` holds one journal for each council. ``consequences`` reads rows and
events, ``har`` writes HTTP archives, and ``replaying`` sends recorded calls again, to another council.
"""
