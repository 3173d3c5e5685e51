"""How Stripe is set up."""

from typing import Final

from eventdesk.core.fields import LINE, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind
from eventdesk.integrations.web_address import web_address

STRIPE: Final = ServiceKind(
    "stripe",
    msg("Stripe"),
    msg("People pay by card and much else on Stripe's page."),
    (
        Field(
            "key",
            LINE,
            "Secret key",
            hint="sk_… or a restricted one, rk_…: Developers > API keys.",
            needed=True,
            secret=True,
        ),
        Field(
            "address",
            LINE,
            "Address of this house",
            hint="Where people come back to from Stripe, such as https://tickets.example.org",
            needed=True,
            check=web_address,
        ),
        Field(
            "signing_secret",
            LINE,
            "Signing secret",
            hint="whsec_… of a webhook to the address of this house with /notices/stripe behind.",
            secret=True,
        ),
    ),
    "eventdesk.integrations.stripe.gateway:probe",
)
