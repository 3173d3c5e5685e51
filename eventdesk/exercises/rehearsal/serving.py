"""The server of a lane: hands it one guest after the other, until each has an answer."""

import time
from random import Random
from typing import Any, Final
from uuid import uuid4

from eventdesk.core.messages import _
from eventdesk.exercises.rehearsal.crowd import Guest
from eventdesk.exercises.rehearsal.flow import Flow, Heard
from eventdesk.exercises.rehearsal.lane import Lane, LaneGoneError

PAUSE_S: Final = 0.2
"""How long a guest waits before the same attempt is made again."""

LOOK_S: Final = 2.5
"""How long a ticket is held up before the guest tries it another way."""

STEP_BACK_S: Final = 0.9
"""How long a guest takes the ticket out of the picture; less would not count as leaving."""


class Server:
    """Serves one lane until the guests end, in a thread; a guest tries for `give_up_s`."""

    def __init__(self, lane: Lane, flow: Flow, *, give_up_s: float, seed: int) -> None:
        self._lane, self._flow, self._give_up_s = lane, flow, give_up_s
        self._random = Random(f"{seed} lane {lane.number}")

    def run(self) -> None:
        """Serve one guest after the other."""
        while (guest := self._flow.next()) is not None:
            heard = self.serve(guest)
            if heard is not None:
                self._flow.note(heard)
        if self._lane.camera is not None:
            self._lane.camera.show("")

    def serve(self, guest: Guest) -> Heard | None:
        """Serve one guest; None when the rehearsal was stopped before there was an answer."""
        taken_s, repeats, said = time.monotonic(), 0, ""
        nonce = uuid4().hex
        answers: dict[str, str] = {}
        by_camera = self._lane.camera is not None
        while time.monotonic() - taken_s < self._give_up_s:
            try:
                answer = (
                    self._hold_up(guest, repeats)
                    if by_camera
                    else self._lane.ask(guest.text, nonce, answers)
                )
            except LaneGoneError:
                answer = {"error": "killed", "said": _("The lane died before it answered.")}
            if "outcome" in answer and answer["outcome"] == "incomplete" and not answers:
                # As at the kiosk: the same ticket once more, with what was asked.
                answers = {
                    each["id"]: _some_answer(each["choices"]) for each in answer["questions"]
                }
                nonce, by_camera = uuid4().hex, False
                continue
            if "outcome" in answer:
                return self._heard(guest, answer, taken_s, repeats, said)
            repeats, said = repeats + 1, str(answer.get("said", ""))
            if self._flow.stop.wait(PAUSE_S * self._random.uniform(0.5, 1)):
                return None
        at_s, lane = time.monotonic(), self._lane.number
        return Heard(guest, lane, "", nonce, taken_s=taken_s, at_s=at_s, repeats=repeats, said=said)

    def _hold_up(self, guest: Guest, tries: int) -> dict[str, Any]:
        camera = self._lane.camera
        assert camera is not None
        if tries:
            camera.show("")
            self._flow.stop.wait(STEP_BACK_S)
        camera.show(guest.text, plain=tries > 0)
        answer = self._lane.await_sight(guest.text, LOOK_S)
        return answer or {"error": "unread", "said": _("The camera did not read the ticket.")}

    def _heard(
        self, guest: Guest, answer: dict[str, Any], taken_s: float, repeats: int, said: str
    ) -> Heard:
        return Heard(
            guest,
            self._lane.number,
            answer["outcome"],
            answer["nonce"],
            answer["scan"],
            answer["delivery"] or "",
            answer["reason"],
            float(answer["check_in_ms"]),
            float(answer.get("decode_ms", 0.0)),
            taken_s,
            float(answer["at_s"]),
            repeats,
            float(answer["skew_s"]),
            said,
        )


def _some_answer(choices: list[str]) -> str:
    return choices[0] if choices else "yes"
