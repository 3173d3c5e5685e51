"""A network camera: sends JPEG after JPEG to whoever asks, until it is unplugged."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from kiosk.frames import Image
from kiosk.opencv import cv2


class NetworkCamera:
    """Serves one picture over and over as multipart/x-mixed-replace on the loopback."""

    def __init__(self, image: Image, *, port: int = 0, mute: bool = False) -> None:
        jpeg = cv2.imencode(".jpg", image)[1].tobytes()
        unplugged = self._unplugged = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if mute:
                    unplugged.wait()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                part = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
                try:
                    while not unplugged.wait(0.02):
                        self.wfile.write(part % len(jpeg) + jpeg + b"\r\n")
                except OSError:
                    return

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/video"

    def __enter__(self) -> "NetworkCamera":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._unplugged.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
