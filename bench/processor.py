"""Processor time of programs that run beside the measurement."""

import time


def processor_s(process: int) -> float:
    """Seconds that a process has computed so far, in all its threads and in the system.

    Read from its clock as clock_getcpuclockid(3) names it: to the nanosecond, and with the threads
    that have ended.
    """
    return time.clock_gettime((~process << 3) | 2)
