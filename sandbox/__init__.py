"""The running council: what finds the services, puts a door in front of them, and shows them.

``folder`` and ``keys`` are what is kept; ``build`` makes a council; ``gateway`` sends each request
to its council and service; ``control`` is the API that drives the sandbox itself; ``console`` is
the pages for people; ``cli`` is the ``council`` command.
"""

__version__ = "0.1.0"
