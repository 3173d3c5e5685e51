"""How passes for Apple Wallet are set up."""

from typing import Final

from eventdesk.core.fields import LINE, PAGE, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind

NAME: Final = "apple-wallet"

MAX_PEM: Final = 20_000
"""Most characters of a certificate or key."""

APPLE_WALLET: Final = ServiceKind(
    NAME,
    msg("Apple Wallet"),
    msg("Guests add their ticket to the wallet of an iPhone, with the same code."),
    (
        Field(
            "pass_type",
            LINE,
            "Pass type ID",
            hint="Such as pass.org.example.tickets, as Apple's developer pages list it.",
            needed=True,
        ),
        Field("team", LINE, "Team ID", hint="Ten characters, as Apple names you.", needed=True),
        Field("organization", LINE, "Organization", hint="Shown on the pass.", needed=True),
        Field(
            "certificate",
            PAGE,
            "Certificate",
            hint="Of the pass type, as PEM: it begins with -----BEGIN CERTIFICATE-----.",
            needed=True,
            most=MAX_PEM,
        ),
        Field(
            "key",
            PAGE,
            "Private key",
            hint="That of the certificate, as PEM without a password.",
            needed=True,
            most=MAX_PEM,
            secret=True,
        ),
        Field(
            "wwdr",
            PAGE,
            "Certificate of Apple",
            hint="Worldwide Developer Relations (WWDR), G4 or newer, as PEM.",
            needed=True,
            most=MAX_PEM,
        ),
    ),
    "eventdesk.integrations.apple_wallet.signer:probe",
)
