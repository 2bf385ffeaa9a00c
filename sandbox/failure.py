"""Failures that a person at the command line can mend."""

from __future__ import annotations


class Failure(Exception):
    """Something that could not be done, said so that the reader knows what it is and what to do.

    The command line prints the message and exits with 2; nothing was lost or half-made.
    """
