"""A lane as the rehearsal sees it: a process that is asked, killed and started again."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.exercises.rehearsal.camera import RehearsalCamera

START_S: Final = 60.0
"""Longest wait for a lane to start."""


class LaneGoneError(Exception):
    """The lane's process has ended without an answer."""


class Lane:
    """One lane, its camera if it has one, and the process that serves it.

    Attributes:
        number: From 0.
        camera: What it looks at; None where tickets are handed to it as text.
        kills: How often its process was ended without notice.
        busy: Whether an answer is awaited.
    """

    def __init__(
        self, number: int, program: str, orders: Mapping[str, Any], camera: RehearsalCamera | None
    ) -> None:
        self.number, self.camera = number, camera
        self.kills = 0
        self.busy = threading.Event()
        self.told: dict[str, Any] = {}
        self.lost_cameras = 0
        self._program, self._orders = program, dict(orders)
        self._orders["camera"] = camera.url if camera is not None else ""
        self._process: subprocess.Popen[str] | None = None
        self._heard: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._well = threading.Event()
        self._found = threading.Event()
        self._state = threading.Lock()
        self._speaking = threading.Lock()

    def start(self) -> None:
        """Start the process; returns at once, see `wait_ready`."""
        self._heard = queue.Queue()
        self._found.clear()
        process = subprocess.Popen(
            [sys.executable, "-m", self._program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=Path(__file__).parents[2],
            start_new_session=True,  # Ctrl+C is for the rehearsal, which ends its lanes itself
        )
        self._process = process
        threading.Thread(
            target=self._listen,
            args=(process, self._heard),
            name=f"lane {self.number}",
            daemon=True,
        ).start()
        self.tell(**self._orders)

    def wait_ready(self) -> None:
        """Wait until it takes requests.

        Raises:
            InvalidInputError: It does not start.
        """
        if not self._well.wait(START_S):
            raise InvalidInputError(
                msg("Lane {number} of the rehearsal does not start.", number=self.number + 1),
                hint=msg("Try it by hand: eventdesk scan; eventdesk doctor says what is missing."),
            )

    def tell(self, **values: Any) -> None:
        """Send something that is not answered; a lane that is gone hears nothing."""
        if self._process is None or self._process.stdin is None:
            return
        with self._speaking, suppress(OSError, ValueError):
            self._process.stdin.write(json.dumps(values) + "\n")
            self._process.stdin.flush()

    def ask(self, text: str, nonce: str, answers: Mapping[str, str]) -> dict[str, Any]:
        """Hand a ticket over and wait for the answer to this attempt.

        Raises:
            LaneGoneError: The process has ended meanwhile; nobody knows what it had written.
        """
        with self._awaited() as heard:
            self.tell(text=text, nonce=nonce, answers=answers)
            while (answer := heard.get()) is not None:
                if answer.get("asked", answer.get("nonce")) == nonce:
                    return answer
            raise LaneGoneError

    def await_sight(self, text: str, timeout_s: float) -> dict[str, Any] | None:
        """Wait until the lane has read a code from its camera and answered; None when it has not.

        Raises:
            LaneGoneError: The process has ended meanwhile.
        """
        with self._awaited() as heard, suppress(queue.Empty):
            until_s = time.monotonic() + timeout_s
            while (left_s := until_s - time.monotonic()) > 0:
                answer = heard.get(timeout=left_s)
                if answer is None:
                    raise LaneGoneError
                if answer.get("seen") == text:
                    return answer
        return None

    @contextmanager
    def _awaited(self) -> "Iterator[queue.Queue[dict[str, Any] | None]]":
        """Wait until it takes requests, and say that an answer is awaited meanwhile."""
        self._well.wait(START_S)
        self.busy.set()
        try:
            yield self._heard
        finally:
            self.busy.clear()

    def kill(self) -> None:
        """End the process as a power cut does."""
        with self._state:
            self._well.clear()
            self.kills += 1
            if self._process is not None:
                self._process.kill()
                self._process.wait()
                self._hang_up()

    def restart(self) -> None:
        """Start it again and wait until it takes requests."""
        self.start()
        self.wait_ready()

    def sees(self, timeout_s: float) -> bool:
        """Wait until its camera gives pictures."""
        return self._found.wait(timeout_s)

    def end(self, timeout_s: float = 15.0) -> None:
        """Let it finish the badge at hand and end."""
        process = self._process
        if process is None:
            return
        self.tell(end=True)
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._hang_up()

    def close(self) -> None:
        """End it at once, whatever it does."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._hang_up()
        if self.camera is not None:
            self.camera.pull()

    def _hang_up(self) -> None:
        """Close the way to the process; what it did not hear is lost with it."""
        if self._process is not None and self._process.stdin is not None:
            with self._speaking, suppress(OSError):
                self._process.stdin.close()

    def _listen(
        self, process: "subprocess.Popen[str]", heard: "queue.Queue[dict[str, Any] | None]"
    ) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                said: dict[str, Any] = json.loads(line)
                if "ready" in said:
                    self._well.set()
                elif "camera" in said:
                    self._note_camera(str(said["camera"]))
                elif "ended" in said:
                    self.told = said
                else:
                    heard.put(said)
        heard.put(None)

    def _note_camera(self, said: str) -> None:
        if said == "found":
            self._found.set()
        else:
            self.lost_cameras += 1
            self._found.clear()
