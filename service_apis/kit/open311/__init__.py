"""Open311 GeoReport v2 as a language, for a service that speaks it.

``shapes`` are the shapes of its answers; ``routes`` declares its operations, each in JSON and in XML,
lets callers in and refuses as the standard says. The standard's words are kept (a kind of problem is
a service, a report a request), those of its service discovery, and those of mySociety's extensions
that FixMyStreet uses. Sources: wiki.open311.org/GeoReport_v2, and the endpoint schema of
mysociety/open311-adapter.
"""
