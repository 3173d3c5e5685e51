"""How PayPal is set up."""

from typing import Final

from eventdesk.core.fields import LINE, YES, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind
from eventdesk.integrations.web_address import web_address

PAYPAL: Final = ServiceKind(
    "paypal",
    msg("PayPal"),
    msg("People pay on PayPal's page."),
    (
        Field(
            "client_id",
            LINE,
            "Client ID",
            hint="Of an app of your PayPal business account: developer.paypal.com.",
            needed=True,
        ),
        Field("secret", LINE, "Secret", needed=True, secret=True),
        Field(
            "address",
            LINE,
            "Address of this house",
            hint="Where people come back to after paying, such as https://tickets.example.org",
            needed=True,
            check=web_address,
        ),
        Field(
            "webhook_id",
            LINE,
            "Webhook ID",
            hint="Of a webhook to the address of this house with /notices/paypal behind.",
        ),
        Field("sandbox", YES, "Sandbox: no real money moves"),
    ),
    "eventdesk.integrations.paypal.gateway:probe",
)
