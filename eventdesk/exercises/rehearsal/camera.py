"""A network camera of the rehearsal, which shows whom a lane has in front of it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

FRAMES_A_SECOND: Final = 20
SIZE: Final = (960, 540)
"""Width and height of its pictures: small enough for many cameras on one machine."""


class RehearsalCamera:
    """Sends JPEG after JPEG to whoever asks, as network cameras do, until it is pulled.

    Each ticket is rendered as a hand that holds a phone or a sheet of paper.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._shown = 0
        self._room = _rendered((), seed, plain=True)
        self._pictures: tuple[bytes, ...] = (self._room,)
        self._unplugged = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.port = 0
        self.plug_in()

    @property
    def url(self) -> str:
        """Its address, as the settings of a kiosk spell it."""
        return f"http://127.0.0.1:{self.port}/video"

    def show(self, text: str, *, plain: bool = False) -> None:
        """Hold a code up, `plain` as somebody does who was not read at first; "" is nobody."""
        self._shown += 1
        if not text:
            self._pictures = (self._room,)
            return
        seed = self._seed * 100_003 + self._shown * 7
        self._pictures = tuple(_rendered((text,), seed + turn, plain=plain) for turn in range(2))

    def pull(self) -> None:
        """Pull its cable, or take it away."""
        if self._server is None or self._thread is None:
            return
        self._unplugged.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        self._server = self._thread = None

    def plug_in(self) -> None:
        """Put the cable back: the same address as before."""
        if self._server is not None:
            return
        self._unplugged = unplugged = threading.Event()
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                turn = 0
                try:
                    while not unplugged.wait(1 / FRAMES_A_SECOND):
                        pictures, turn = camera._pictures, turn + 1
                        jpeg = pictures[turn % len(pictures)]
                        head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                        self.wfile.write(head % len(jpeg) + jpeg + b"\r\n")
                except OSError:
                    return

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="camera", daemon=True
        )
        self._thread.start()


def _rendered(texts: tuple[str, ...], seed: int, *, plain: bool) -> bytes:
    import numpy as np

    from eventdesk.exercises.scenes.conditions import Condition, typical
    from eventdesk.exercises.scenes.stills import render_frame
    from kiosk.pictures import as_jpeg

    rng = np.random.default_rng(seed)
    condition = Condition(size=0.42) if plain else typical(0.4, rng)
    return as_jpeg(render_frame(texts, condition, SIZE, seed), quality=condition.jpeg)
