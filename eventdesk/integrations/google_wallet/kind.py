"""How passes for Google Wallet are set up."""

from typing import Final

from eventdesk.core.fields import LINE, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.google_key import KEY_FIELD
from eventdesk.integrations.service import ServiceKind

NAME: Final = "google-wallet"

GOOGLE_WALLET: Final = ServiceKind(
    NAME,
    msg("Google Wallet"),
    msg("Guests add their ticket to the wallet of an Android phone, with the same code."),
    (
        Field(
            "issuer",
            LINE,
            "Issuer ID",
            hint="Digits, as the Google Pay & Wallet Console shows them.",
            needed=True,
        ),
        Field("organization", LINE, "Organization", hint="Shown on the pass.", needed=True),
        KEY_FIELD,
    ),
    "eventdesk.integrations.google_wallet.passes:probe",
    needs="joserfc",
    extra="wallet",
    deliveries=(NAME,),
)
