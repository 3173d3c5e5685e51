"""What the measurements rest on."""

import subprocess
import sys

from bench.processor import processor_s

COMPUTES = """
import threading, time
def compute():
    while time.thread_time() < 0.2: pass
thread = threading.Thread(target=compute)
thread.start()
thread.join()
print("done", flush=True)
input()
"""


def test_the_computing_of_another_program_is_counted_with_that_of_its_ended_threads() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", COMPUTES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()
        took_s = processor_s(program.pid)
        program.communicate("\n")
    assert 0.2 <= took_s < 1.0
