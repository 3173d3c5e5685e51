"""The colours of words about an offer."""

from typing import Final

from eventdesk.sales import OfferTone

TONES: Final = {OfferTone.GOOD: "$success", OfferTone.FEW: "$warning", OfferTone.BAD: "$error"}
