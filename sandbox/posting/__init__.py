"""Posting: what happens in a council is told to whoever registered for it, over webhooks and as a stream.

``feed`` reads the council's outbox from a cursor; ``bell`` rings when something was recorded. A webhook
has a place in the outbox; what lies beyond it is taken up as deliveries (``postbox``), which are put in
lanes, one for each subject (``lanes``), and attempted (``attempt``) by one job for the whole sandbox
(``deliverer``). Webhooks, deliveries and attempts are kept in the council's notebook (``tables``).
"""
