"""The lines of business of a pretend council: one folder each, and the kit that they stand on.

A service is a folder. Its ``__init__`` says what it is (``service = Service(...)``, the
whole registration); ``seed`` turns the town into its own records; ``rules`` decides what the
council does; ``api`` serves it. Services never import one another: they share identifiers
(UPRN, resident id), ask over HTTP, or hear of things as events.
"""
