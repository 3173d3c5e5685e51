"""A mailbox over IMAP on loopback, with the faults and the malice that real ones may have."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

USER, PASSWORD = "desk@example.org", 'a "mail" password'

_LOGIN: Final = re.compile(rb'LOGIN "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"')
_FETCH: Final = re.compile(rb"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")


@dataclass
class Mailbox:
    """What lies in it.

    Attributes:
        mails: Each mail, by its number.
        validity: Which numbers hold.
        looks: How often somebody signed in.
        fetched: The numbers of the mails that were read.
        claims: How long it says that each mail is; 0 tells the truth.
        drips: Whether it answers a mail a byte at a time, for ever.
    """

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    looks: int = 0
    fetched: list[int] = field(default_factory=list)
    claims: int = 0
    drips: bool = False
    closed: threading.Event = field(default_factory=threading.Event)

    def put(self, mail: bytes) -> None:
        """Lay a mail into it."""
        self.mails[max(self.mails, default=0) + 1] = mail


@contextmanager
def mailbox_server(*, tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """Open a mailbox until the block ends."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def setup(self) -> None:
            if tls is not None:
                self.request = tls.wrap_socket(self.request, server_side=True)
            super().setup()

        def finish(self) -> None:
            try:
                super().finish()
            finally:
                self.request.close()

        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, command = line.strip().partition(b" ")
                self.wfile.write(_answer(box, tag, command))
                if box.drips and command.startswith(b"UID FETCH"):
                    while not box.closed.wait(0.02):
                        self.wfile.write(b"x")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Nobody is told of lines that were cut: that is what the tests do."""

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            box.closed.set()
            server.shutdown()
            thread.join(5)


def _answer(box: Mailbox, tag: bytes, command: bytes) -> bytes:
    done = tag + b" OK done\r\n"
    word = command.split(b" ")[0]
    if word == b"CAPABILITY":
        return b"* CAPABILITY IMAP4rev1\r\n" + done
    if word == b"LOGIN":
        return done if _knows(box, command) else tag + b" NO [AUTHENTICATIONFAILED] no\r\n"
    if word == b"EXAMINE":
        if command != b'EXAMINE "INBOX"':
            return tag + b" NO no such folder\r\n"
        following = max(box.mails, default=0) + 1
        return (
            b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] holds\r\n* OK [UIDNEXT %d] next\r\n"
            % (len(box.mails), box.validity, following)
        ) + done
    if command.startswith(b"UID SEARCH UID "):
        begin = int(command.split(b" ")[3].partition(b":")[0])
        # As RFC 3501 has it, `n:*` holds the last mail, whatever n is.
        found = [each for each in box.mails if each >= begin or each == max(box.mails)]
        return b"* SEARCH " + b" ".join(b"%d" % each for each in found) + b"\r\n" + done
    if fetch := _FETCH.fullmatch(command):
        return _fetched(box, int(fetch[1]), int(fetch[2])) + (b"" if box.drips else done)
    return tag + b" BAD what?\r\n"


def _knows(box: Mailbox, command: bytes) -> bool:
    said = _LOGIN.fullmatch(command)
    words = [re.sub(rb"\\(.)", rb"\1", each).decode() for each in said.groups()] if said else []
    box.looks += words == [USER, PASSWORD]
    return words == [USER, PASSWORD]


def _fetched(box: Mailbox, uid: int, most: int) -> bytes:
    if uid not in box.mails:
        return b""
    box.fetched.append(uid)
    mail = box.mails[uid][:most]
    if box.drips:
        return b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (uid, most)
    return b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (uid, box.claims or len(mail), mail)
