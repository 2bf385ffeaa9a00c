"""How a call is refused: with a status of Open311's, and a sentence for each fault."""


class Refused(Exception):
    """A call that cannot be answered as asked; each fault says what to send instead."""

    status = 400

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


class NotFound(Refused):
    """What was named is not there."""

    status = 404


class KeyRefused(Refused):
    """The api_key is missing or unknown, or may not do this."""

    status = 403


class KeyMissing(KeyRefused):
    """No key was shown where only the council itself is let in."""

    status = 401


class TooLarge(Refused):
    """The body is larger than is read here."""

    status = 413


class CouncilSilent(Refused):
    """The council cannot be asked, so that nothing can be decided on its behalf."""

    status = 503
