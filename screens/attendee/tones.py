"""The colours of words about an offer."""

from typing import Final

from eventdesk.sales import Tone

TONES: Final = {Tone.GOOD: "$success", Tone.FEW: "$warning", Tone.BAD: "$error"}
