"""The web server: calls over HTTP, and their answers in the format that the address ends with."""

import json
import logging
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import endpoint
import forms
import leaving
from clerk import Clerk
from defects import wrong
from door import Council
from endpoint import Call, Operation
from refusals import KeyRefused, NotFound, Refused, TooLarge
from store import Store
from written import answer

LARGEST_BODY = 1_000_000
_DOCUMENT: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_text("utf-8"))


class Server(ThreadingHTTPServer):
    """Answers each caller in a thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], council: Council, store: Store, clerk: Clerk) -> None:
        self.council, self.store, self.clerk = council, store, clerk
        super().__init__(address, Conversation)


class MethodNotTaken(Refused):
    """The address does not take this method."""

    status = 405


class Conversation(BaseHTTPRequestHandler):
    """One connection, on which one call follows another."""

    protocol_version, server_version, sys_version = "HTTP/1.1", "RoadWatch/1", ""
    disable_nagle_algorithm, wbufsize = True, -1
    server: Server

    def __getattr__(self, name: str) -> Any:
        # The standard library looks for do_GET, do_POST and so on: here every method is answered in one way.
        if name.startswith("do_"):
            return self._converse
        raise AttributeError(name)

    def log_message(self, format: str, *values: Any) -> None:
        """Say nothing of each call; what goes wrong is logged."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Say what the standard library refuses by itself in the way that all is refused here."""
        status = 400 if code == 414 else code
        self.close_connection = True
        address = self.raw_requestline.partition(b"?")[0].removesuffix(b" HTTP/1.1\r\n")
        form = "json" if address.endswith(b".json") else "xml"
        said = [{"code": status, "description": message or self.responses[code][0]}]
        self._send(status, *answer(form, "errors", said), {})

    def _converse(self) -> None:
        path, form = _split(urlsplit(self.path).path)
        root, status, headers = "errors", 200, {}
        try:
            body = self._body()
            if (self.command, self.path) == ("GET", "/council-records"):
                self._give_back()
                return
            if (self.command, path, form) == ("GET", "/openapi", "json"):
                said = {**_DOCUMENT, "servers": [{"url": self._base()}]}
            else:
                operation, named = self._operation(path, form)
                said, root = self._answer(operation, named, body), operation.root
                self.server.clerk.call()
        except Refused as refusal:
            status = _status_of(refusal)
            said = [{"code": status, "description": fault} for fault in refusal.faults]
            headers = {"Allow": ", ".join(_methods_of(path))} if status == 405 else {}
        except Exception:
            logging.exception("%s %s failed", self.command, path)
            status, said = 500, [{"code": 500, "description": "Something went wrong; nothing was changed."}]
        self._send(status, *answer(form or "xml", root, said), headers)

    def _answer(self, operation: Operation, named: str, body: bytes) -> Any:
        """What an operation says: at the council's time, and for a form only to who may write."""
        present = self.server.store.present(self.server.council)
        query = _query(self.path)
        form: forms.Fields = []
        if operation.method == "POST":
            form = forms.fields_of(self.headers.get("Content-Type", ""), body)
            key = dict(reversed(form)).get("api_key") or dict(query).get("api_key")
            self.server.council.admit(key)
        checked = endpoint.check(operation, query, form, present.council)
        if wrong("updates-slow") and operation.answer is endpoint.updates:
            time.sleep(2.5)
        with self.server.store.at(present) as db:
            return operation.answer(Call(db, present.now, self._base(), named, checked, form))

    def _give_back(self) -> None:
        """Give the council its records back: line by line, in chunks, as nobody knows how long it will be."""
        self.server.council.admit_itself(self.headers.get("Authorization"))
        present = self.server.store.present(self.server.council)
        with self.server.store.at(present):
            pass  # What fell due by now is done.
        with self.server.store.snapshot() as db:
            lines = leaving.records(db, present)
            first = next(lines)
            self.send_response(200)
            self.send_header("Content-Type", leaving.KIND)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for line in chain([first], lines):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))
            self.wfile.write(b"0\r\n\r\n")

    def _operation(self, path: str, form: str) -> tuple[Operation, str]:
        for operation in endpoint.OPERATIONS if form else ():
            match = operation.path.fullmatch(path)
            if match and operation.method == self.command:
                return operation, unquote("".join(match.groups()))
        if form and (methods := _methods_of(path)):
            raise MethodNotTaken(f"{self.command} is not taken here; {' and '.join(methods)} may be")
        at = self.path.partition("?")[0]
        raise NotFound(f"There is nothing at {at}; openapi.json lists what can be asked")

    def _body(self) -> bytes:
        """The whole body of a call. Raises Refused or TooLarge."""
        # Until the body has been read, no other call can follow it on this connection.
        keep, self.close_connection = self.close_connection, True
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = self._chunks()
        else:
            length = self.headers.get("Content-Length", "0")
            if not re.fullmatch("[0-9]{1,18}", length):
                raise Refused(f"Content-Length {length} is no length")
            if int(length) > LARGEST_BODY:
                raise TooLarge(f"The body has more than {LARGEST_BODY:,} bytes; send less at a time")
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                raise Refused("The body ended before the length that was announced")
        self.close_connection = keep
        return body

    def _chunks(self) -> bytes:
        body = b""
        while size := self._chunk_size():
            body += self.rfile.read(size)
            self.rfile.readline()
            if len(body) > LARGEST_BODY:
                raise TooLarge(f"The body has more than {LARGEST_BODY:,} bytes; send less at a time")
        while self.rfile.readline().strip():
            pass
        return body

    def _chunk_size(self) -> int:
        written = self.rfile.readline(100).partition(b";")[0].strip()
        if not re.fullmatch(b"[0-9A-Fa-f]{1,6}", written):
            raise Refused("The chunks of the body cannot be read")
        return int(written, 16)

    def _base(self) -> str:
        """The address of this endpoint as the caller writes it, also where somebody passed the call on."""
        told = self.headers.get
        host = told("X-Forwarded-Host") or told("Host") or "{}:{}".format(*self.server.server_address[:2])
        return f"{told('X-Forwarded-Proto') or 'http'}://{host}{told('X-Forwarded-Prefix') or ''}"

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        sent = {**headers, "Content-Type": kind, "Content-Length": str(len(body))}
        if self.close_connection:
            sent["Connection"] = "close"
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _split(path: str) -> tuple[str, str]:
    """A path without its format, and the format: json or xml, or nothing where it ends in neither."""
    stem, _, form = path.rpartition(".")
    return (stem, form) if form in ("json", "xml") else (path, "")


def _methods_of(path: str) -> list[str]:
    return sorted({operation.method for operation in endpoint.OPERATIONS if operation.path.fullmatch(path)})


def _query(path: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(path).query, keep_blank_values=True, max_num_fields=100)
    except ValueError as fault:
        raise Refused(f"The address has too many parameters: {fault}") from fault


def _status_of(refusal: Refused) -> int:
    if wrong("failure-as-200") and refusal.status == 400:
        return 200
    return 401 if wrong("key-refused-with-401") and isinstance(refusal, KeyRefused) else refusal.status
