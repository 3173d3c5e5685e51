"""The tone of a state, beside the sign and the word that say it."""

from typing import Literal

Tone = Literal["", "good", "warning", "bad", "faint"]
"""How a line of a table looks; each but "" is a component class of the table's lines."""
