"""How Flutterwave is set up."""

from typing import Final

from eventdesk.core.fields import LINE, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind
from eventdesk.integrations.web_address import web_address

FLUTTERWAVE: Final = ServiceKind(
    "flutterwave",
    msg("Flutterwave"),
    msg("People pay by card, bank or mobile money on Flutterwave's page."),
    (
        Field(
            "key",
            LINE,
            "Secret key",
            hint="FLWSECK-… of version 3: Settings > API keys.",
            needed=True,
            secret=True,
        ),
        Field(
            "address",
            LINE,
            "Address of this house",
            hint="Where people come back to after paying, such as https://tickets.example.org",
            needed=True,
            check=web_address,
        ),
        Field(
            "secret_hash",
            LINE,
            "Secret hash",
            hint="Of a webhook to the address of this house with /notices/flutterwave behind.",
            secret=True,
        ),
    ),
    "eventdesk.integrations.flutterwave.gateway:probe",
)
