"""What a wallet's pass brings to ask for its newest version; see `core.signed_links`.

It is made of the ticket and its revision, so a pass of before a ticket was handed on or issued
again opens nothing of the ticket as it is now.
"""

from typing import Final

from eventdesk.core.signed_links import LinkKind

PASS_LINK: Final = LinkKind("edp_", b"eventdesk pass 1\0")

PLACE: Final = "wallet"
"""The first word of the addresses that wallets ask."""
