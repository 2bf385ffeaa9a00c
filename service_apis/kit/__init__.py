"""What every service stands on; it knows no service.

``service`` and ``discovery`` find the folders. ``routes`` turns a plain function into an
HTTP operation: one request, one transaction, with scopes, pages, ETags, idempotency keys and
problems handled in one place. ``council`` is one opened council (its file, its clock, its
events), ``work`` what a rule is given to work with, ``agenda`` what falls due when the clock
moves, ``events`` how one service hears of another, ``bulk`` how a seed's columns become rows.
"""
