"""Forms that only our own pages can send: what keeps another web page from driving a council.

A browser sends whatever another page tells it to, and with it whatever this sandbox trusts it with. So a
form brings a token that only our page shows; the browser's own word on where the form came from is heard;
and our pages answer only at names that nobody else can point at this machine.
"""

from __future__ import annotations

import ipaddress
from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request

from sandbox import machine


class Forms:
    """The forms of one sandbox, which listens at ``host``.

    ``ask_for_key`` says that whoever sends one must give a key: others than this machine can reach it.
    """

    def __init__(self, host: str) -> None:
        self.token = machine.new_key()
        self.ask_for_key = not _is_loopback(host)
        self._host = host

    def fault_of_place(self, request: Request) -> str:
        """Why a page with forms is not shown at the address it was asked at; empty where it may be.

        A name that somebody else owns can be made to point at this machine, and their pages could then read
        ours (DNS rebinding).
        """
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        if _is_loopback(name) or name == self._host:
            return ""
        return (
            f"A council is not driven at the address {name}. Open this page at 127.0.0.1 or localhost, start "
            f"the sandbox with --host {name}, or use the command line and a key."
        )

    def fault_of(self, request: Request, sent: FormData) -> str:
        """Why a form is not taken; empty where it is ours."""
        site, origin = (request.headers.get(name) for name in ("sec-fetch-site", "origin"))
        elsewhere = site not in (None, "same-origin") or (
            origin is not None and urlsplit(origin).netloc != request.headers.get("host")
        )
        if elsewhere:
            return "The form was sent by another web page, and nothing was done."
        if not compare_digest(str(sent.get("token", "")).encode(), self.token.encode()):
            return (
                "The form is from before the sandbox was started again, and nothing was done. Send it anew."
            )
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
