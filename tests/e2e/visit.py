"""One visit to the sandbox by browser, which notes all that a reader should be spared."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Request, Response

GRAVE = frozenset({"serious", "critical"})


class Visit:
    """A page of a browser; ``faults`` lists what went wrong behind the reader's back."""

    def __init__(self, browser: Browser, address: str, *, width: int) -> None:
        self._context = browser.new_context(viewport={"width": width, "height": 900})
        self._address = address
        self.page = self._context.new_page()
        self.faults: list[str] = []
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script failed: {error}"))

    def __enter__(self) -> Visit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.close()

    def open(self, path: str) -> Response:
        """Open a page and wait until all that it names is there."""
        answer = self.page.goto(self._address + path, wait_until="load")
        assert answer is not None
        return answer

    def grave_faults_of_access(self) -> list[str]:
        """What axe finds wrong with the page that would keep somebody from using it."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [
            f"{fault['id']}: {node['html'][:200]}"
            for fault in found
            if fault["impact"] in GRAVE
            for node in fault["nodes"]
        ]

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self._address + "/", "data:", "blob:")):
            self.faults.append(f"asked another host: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console {message.type}: {message.text}")
