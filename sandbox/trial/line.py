"""The line to a sandbox: an HTTP client that raises what was refused, in the problem's own words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from sandbox.failure import Failure

TIMEOUT_SECONDS = 60
LONGEST_DETAIL = 2_000

# A failing test's traceback ends in the test, at the call that was refused.
__tracebackhide__ = True


class NotReached(Failure):
    """Nothing answers at the sandbox's address."""


class Refused(Exception):
    """A call that was answered with a status of 400 or more.

    ``status``, ``title``, ``detail`` and ``type`` are the problem's (RFC 9457); where the service has a
    form of its own for refusals, such as Open311, ``detail`` is its body and ``type`` is empty.
    ``answer`` is the whole answer.
    """

    def __init__(self, answer: httpx.Response) -> None:
        problem = _problem(answer)
        self.answer = answer
        self.status = answer.status_code
        self.title = str(problem.get("title", answer.reason_phrase))
        self.detail = str(problem.get("detail", answer.text[:LONGEST_DETAIL]))
        self.type = str(problem.get("type", ""))
        call = f"{answer.request.method} {answer.request.url}"
        super().__init__(f"{call} was refused: {self.status} {self.title}. {self.detail}")


def _problem(answer: httpx.Response) -> dict[str, Any]:
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return {}
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


class Line:
    """Calls to one address with one key; ``http`` is the client underneath, for what needs whole answers."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        self.http = httpx.Client(
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT_SECONDS,
            # A pipeline's proxy is for other machines, and would not find a sandbox on this one.
            trust_env=parts.hostname not in ("127.0.0.1", "localhost", "::1"),
            # Reading the certificate authorities takes longer than a fork, and plain HTTP needs none.
            verify=parts.scheme != "http",
        )

    def ask(self, method: str, url: str, **request: Any) -> Any:
        """The JSON of the answer; text if it is not JSON, None if it is empty. Raises Refused, NotReached."""
        try:
            answer = self.http.request(method, url, **request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotReached(
                f"{method} {url} had no answer: {error or type(error).__name__}. "
                "Is the sandbox up? `council up` starts one."
            ) from error
        if answer.is_error:
            raise Refused(answer)
        if not answer.content:
            return None
        kind = answer.headers.get("content-type", "").partition(";")[0]
        return answer.json() if kind == "application/json" or kind.endswith("+json") else answer.text

    def close(self) -> None:
        """Close the connections."""
        self.http.close()
