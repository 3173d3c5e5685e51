"""A service for tests: lines over a socket, and a kind of it that can be set up."""

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from data.store import Store
from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.fields import LINE, NUMBER, YES, Field
from eventdesk.core.messages import Message, msg
from eventdesk.integrations.service import ServiceKind, Values
from eventdesk.services import Failed, Later, Outgoing, Sent, SetUp, Told

WAIT_S = 5.0


class LineServer:
    """Takes lines and answers each with what it was told to; keeps what came."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.answers: dict[str, str] = {}
        self.silent = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _peer = self._socket.accept()
                threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rw") as file:
            for asked in file:
                if self.silent:
                    return
                self.came.append(asked.strip())
                file.write(self.answers.get(asked.split()[0], "ok") + "\n")
                file.flush()


def probe(values: Values) -> Message:
    """Ask whether it takes the password."""
    answer = _ask(values, f"hello {values['password']}")
    if answer != "ok":
        raise ServiceRefusedError(msg("It refuses the password."), hint=msg("Type it again."))
    return msg("It answers at port {port}.", port=values["port"])


def _ask(values: Values, line: str) -> str:
    try:
        port = int(str(values["port"]))
        with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as line_out:
            line_out.sendall(f"{line}\n".encode())
            answer = line_out.makefile().readline().strip()
    except OSError as error:
        raise ServiceSilentError(msg("It does not answer: {error}.", error=error)) from error
    if not answer:
        raise ServiceSilentError(msg("It hung up."))
    return answer


COUNTERPART = ServiceKind(
    "counterpart",
    msg("Counterpart"),
    msg("Takes lines of tests."),
    (
        Field("port", NUMBER, "Port", needed=True),
        Field("user", LINE, "User"),
        Field("password", LINE, "Password", secret=True),
        Field("loud", YES, "Loud"),
    ),
    "tests.services.counterpart:probe",
    of_event=True,
    everywhere=True,
    several=True,
    deliveries=("line",),
)


class LineSender:
    """Sends deliveries of the kind `line`."""

    kind = "line"
    service = "counterpart"
    patience = timedelta(hours=1)
    at_once = 5

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """One line for each."""
        for job in jobs:
            answer = _ask(service.values, f"{job.payload['word']} {job.id}")
            if answer == "ok":
                told(job.id, Sent(f"port {service.values['port']}", answer))
            elif answer == "never":
                told(job.id, Failed(msg("It said never.")))
            else:
                told(job.id, Later(msg("It said later.")))


LINES = LineSender()
