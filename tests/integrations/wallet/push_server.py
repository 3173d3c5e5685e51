"""Apple's push service on loopback: HTTP/2 alone, and only for who shows a client certificate."""

import json
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, RequestReceived, StreamEnded

from tests.integrations.chaos import Certificate, written_certificate
from tests.integrations.wallet.issuing import Apple


@dataclass(frozen=True)
class Pushed:
    """A notification as it came, and whose certificate it came with."""

    token: str
    headers: dict[str, str]
    body: Any
    shown: bytes


class PushServer:
    """Takes notifications until it is closed.

    Attributes:
        pushed: Those that were taken, in their order.
        says: What is answered in the place of 200, by the device's token: status and reason.
        silent: Whether no answer comes.
        lines: How many connections were made.
    """

    def __init__(self, folder: Path, apple: Apple) -> None:
        self.pushed: list[Pushed] = []
        self.says: dict[str, tuple[int, str]] = {}
        self.silent = False
        self.lines = 0
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(written_certificate(Certificate.GOOD, folder))
        self.authority = folder / "authority.pem"
        self._tls.verify_mode = ssl.CERT_REQUIRED
        self._tls.load_verify_locations(cadata=apple.wwdr)
        self._tls.set_alpn_protocols(["h2"])
        self._over = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.origin = f"https://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                line, _address = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(plain, server_side=True) as line:
                self.lines += 1
                _Conversation(self, line).run()
        except OSError:
            plain.close()

    def answer(self, pushed: Pushed) -> tuple[int, str]:
        """What is said to a notification; "" where it is taken."""
        status, reason = self.says.get(pushed.token, (200, ""))
        if status == 200:
            self.pushed.append(pushed)
        return status, reason


class _Conversation:
    """One connection."""

    def __init__(self, server: PushServer, line: ssl.SSLSocket) -> None:
        self._server, self._line = server, line
        shown = line.getpeercert(binary_form=True)
        assert shown is not None
        self._shown = x509.load_der_x509_certificate(shown).fingerprint(SHA256())
        self._http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._asked: dict[int, tuple[dict[str, str], bytearray]] = {}

    def run(self) -> None:
        self._http.initiate_connection()
        self._line.sendall(self._http.data_to_send())
        while data := self._line.recv(65_536):
            for event in self._http.receive_data(data):
                if isinstance(event, RequestReceived):
                    headers = {str(name): str(said) for name, said in event.headers}
                    self._asked[event.stream_id] = headers, bytearray()
                elif isinstance(event, DataReceived):
                    self._asked[event.stream_id][1].extend(event.data)
                elif isinstance(event, StreamEnded) and not self._server.silent:
                    self._answer(event.stream_id)
                elif isinstance(event, ConnectionTerminated):
                    return
            self._line.sendall(self._http.data_to_send())

    def _answer(self, stream_id: int) -> None:
        headers, body = self._asked.pop(stream_id)
        method, path = headers[":method"], headers[":path"]
        assert (method, path.rpartition("/")[0]) == ("POST", "/3/device")
        token = path.rpartition("/")[2]
        status, reason = self._server.answer(Pushed(token, headers, json.loads(body), self._shown))
        said = [(":status", str(status)), ("apns-id", headers.get("apns-id", ""))]
        self._http.send_headers(stream_id, said, end_stream=not reason)
        if reason:
            self._http.send_data(
                stream_id, json.dumps({"reason": reason}).encode(), end_stream=True
            )
