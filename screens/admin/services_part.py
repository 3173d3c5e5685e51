"""The part of services outside that the whole house uses."""

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from eventdesk.core.messages import _
from eventdesk.exchange import allow_webhook_networks, webhook_networks
from eventdesk.integrations.webhook.inside import RISK
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.services.services_board import ServicesBoard
from screens.widgets.form import NoteField


class ServicesPart(ServicesBoard):
    """Lists the services of the house; I allows addresses inside its network."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "i",
            "networks",
            "Network",
            tooltip="Which addresses inside the network webhooks, chat rooms and shops may call",
        )
    ]

    @act
    async def action_networks(self) -> None:
        """Ask which addresses inside webhooks may lead to."""
        allowed = await self.desk.read(webhook_networks)
        field = NoteField(
            "networks",
            _("Allowed inside"),
            value="\n".join(allowed),
            help=_("An address or a network on each line; none forbids all. Such as 192.168.1.20."),
        )

        async def submit(values: dict[str, Any]) -> list[str]:
            return await self.desk.write(allow_webhook_networks, values["networks"].splitlines())

        title = _("Addresses inside the network")
        now = await self.ask(FormDialog(title, [field], submit, explanation=str(RISK)))
        if now is not None:
            self.say(_("✓ Saved") if now else _("✓ None is allowed: all lead outside only"))
