"""What is typed to keep a programme in step with pretalx."""

from typing import Final

from eventdesk.core.fields import LINE, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind
from eventdesk.integrations.shop import RULES, shop_address

PRETALX: Final = ServiceKind(
    name="pretalx",
    title=msg("Programme from pretalx"),
    what=msg("Sessions and speakers of a schedule in pretalx or frab come here and stay in step."),
    fields=(
        Field(
            "url",
            LINE,
            "Address",
            hint="Of schedule.xml or schedule.json, below Export of the public schedule.",
            needed=True,
            check=shop_address,
        ),
    ),
    probe="eventdesk.integrations.pretalx.line:probe",
    of_event=True,
    rules=RULES,
)
