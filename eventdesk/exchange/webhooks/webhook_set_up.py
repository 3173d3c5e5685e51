"""Set up of webhooks beside their form: their secrets, and the networks they may lead to."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from data.rows import put_setting, setting
from data.schema import ServiceRow
from eventdesk.acts import Act, Permission, Steps, event_of, reads, steps, writes
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.integrations.webhook.inside import read_networks
from eventdesk.integrations.webhook.kind import NETWORKS, WEBHOOK, new_secret
from eventdesk.integrations.webhook.posting import FORMER_FOR
from eventdesk.services import WHO, SetUp, change_service, set_up_of

MAX_NETWORKS: Final = 50


@writes(*WHO, about=event_of(ServiceRow, "service_id"))
def webhook_secret(act: Act, service_id: UUID) -> str:
    """Show the secret of a webhook, which its receiver has to know; the audit says to whom."""
    set_up = _webhook(act, service_id)
    act.record("webhook_secret", ("service", service_id), event_id=set_up.event_id)
    return set_up.text("secret")


@steps(*WHO, about=event_of(ServiceRow, "service_id"))
def renew_webhook_secret(steps: Steps, service_id: UUID) -> str:
    """Give a webhook another secret; for a day the one before signs as well.

    Returns:
        The new secret.
    """
    with steps.read() as act:
        before = _webhook(act, service_id).text("secret")
    new = new_secret()
    change_service(
        steps.store,
        steps.asked,
        service_id,
        {
            "secret": new,
            "former_secret": before,
            "former_until": (steps.now + FORMER_FOR).isoformat(),
        },
    )
    return new


def _webhook(act: Act, service_id: UUID) -> SetUp:
    set_up = set_up_of(act, service_id)
    if set_up.kind != WEBHOOK.name:
        raise InvalidInputError(msg("This service is no webhook."))
    return set_up


@reads(Permission.INSTALLATION)
def webhook_networks(act: Act) -> list[str]:
    """Read the networks inside that webhooks may lead to."""
    act.need(None, Permission.INSTALLATION)
    return (setting(act.connection, NETWORKS) or "").split()


@writes(Permission.INSTALLATION)
def allow_webhook_networks(act: Act, networks: Collection[str]) -> list[str]:
    """Say which networks inside webhooks may lead to, in the place of those allowed before.

    Args:
        networks: Addresses and networks, such as 192.168.1.0/24; none forbids all.

    Raises:
        InvalidInputError: One is no network, or there are too many.
    """
    act.need(None, Permission.INSTALLATION)
    clean = list(dict.fromkeys(map(str, read_networks(networks))))
    if len(clean) > MAX_NETWORKS:
        raise InvalidInputError(msg("At most {most} networks can be allowed.", most=MAX_NETWORKS))
    put_setting(act.connection, NETWORKS, " ".join(clean))
    act.record("allow_webhook_networks", ("setting", None), networks=clean)
    return clean
