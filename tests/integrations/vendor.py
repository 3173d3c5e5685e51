"""A vendor's service on loopback, over real sockets, that is as strict as its documentation."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.build import NOON


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        pairs = parse_qsl(
            self.body.decode(), keep_blank_values=True, strict_parsing=bool(self.body)
        )
        assert len(pairs) == len(dict(pairs)), "a name twice"
        return dict(pairs)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class RefusalError(Exception):
    """What the vendor says no to; a test that looks at `refusals` sees why."""

    def __init__(self, status: int, content: Any) -> None:
        super().__init__(content)
        self.status, self.content = status, content


class Vendor:
    """Answers on loopback until it is closed.

    Attributes:
        now: The vendor's clock.
        asked: All requests, in their order.
        refusals: What was refused, and why.
        lose: The answer to the next request that ends so, such as `POST /refunds`, is lost.
        down: Whether nothing is done and nothing answered.
    """

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.asked: list[Asked] = []
        self.refusals: list[Any] = []
        self.lose = ""
        self.down = False
        self._lock = threading.Lock()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                vendor._serve(self)

            do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - names of http.server

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Any:
        """Do what is asked, and say what came of it; subclasses do."""
        raise NotImplementedError

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length") or 0)
        body = handler.rfile.read(length)
        at = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, at.path, dict(parse_qsl(at.query)), headers, body)
        with self._lock:
            if self.down:
                handler.close_connection = True
                return
            self.asked.append(asked)
            try:
                status, content = 200, self.answer(asked)
            except RefusalError as no:
                status, content = no.status, no.content
                self.refusals.append(no.content)
            if self.lose and f"{asked.method} {asked.path}".endswith(self.lose):
                self.lose = ""
                handler.close_connection = True
                return
        if isinstance(content, tuple):
            status, content = content
        answer = b"" if content is None else json.dumps(content).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)
