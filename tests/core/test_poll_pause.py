"""A store that changes is asked often, one at rest seldom."""

import time

from eventdesk.core.poll_pause import RESTS_AFTER_S, PollPause


def test_asks_seldom_at_rest_and_often_again_after_a_change() -> None:
    pause, begun_s = PollPause(0.03, 0.1), time.monotonic()
    assert pause.after(changed=False, now_s=begun_s + 1) == 0.03
    assert pause.after(changed=True, now_s=begun_s + 2) == 0.03
    rested_s = begun_s + 2 + RESTS_AFTER_S
    assert pause.after(changed=False, now_s=rested_s - 0.1) == 0.03
    assert pause.after(changed=False, now_s=rested_s) == 0.1
    assert pause.after(changed=True, now_s=rested_s + 1) == 0.03
    assert pause.after(changed=False, now_s=rested_s + 2) == 0.03
