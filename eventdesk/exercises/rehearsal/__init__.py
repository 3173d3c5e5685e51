"""The rehearsal: a day at the door, played on a copy of the event with real processes and faults.

What is tried is the desk itself: the same check-in, spooler, printers' protocol, camera and decoder
that work on the day. Nothing of the real home is written to, no real printer or camera is used.
"""
