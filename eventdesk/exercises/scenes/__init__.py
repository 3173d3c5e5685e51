"""Made-up scenes of tickets held up to a camera: for the demo, the tests and the measurements.

Everything is drawn from a seed, so the same call gives the same pixels; no photograph is used.
It is a model of a webcam at a door, not a replacement for one.
"""
