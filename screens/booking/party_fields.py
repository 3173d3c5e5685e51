"""The fields that ask for how many places somebody waits together."""

from typing import Any

from eventdesk.core.messages import _
from eventdesk.waiting import MOST_PLACES
from screens.widgets.form import Field, NumberField, YesNoField


def party_fields(places: int = 1) -> list[Field[Any]]:
    """Ask how many places, and whether fewer will do."""
    return [
        NumberField(
            "places",
            _("Places"),
            value=places,
            least=1,
            most=MOST_PLACES,
            required=True,
            help=_("Several are offered together."),
        ),
        YesNoField("fewer", _("Fewer will do"), help=_("Any number that is free is offered then.")),
    ]
