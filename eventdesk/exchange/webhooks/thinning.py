"""Deliveries that are over, of webhooks, rooms, shops and wallets: kept a month, sent again."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from data.schema import DeliveryRow
from eventdesk.acts import Clock, Steps, Topic, clock_now, steps
from eventdesk.booking import APPLE, GOOGLE
from eventdesk.exchange.in_step.admissions import CHECK_IN
from eventdesk.integrations.chat.kind import CHAT
from eventdesk.integrations.webhook.kind import WEBHOOK

KEPT: Final = timedelta(days=30)
AT_ONCE: Final = 1000


@steps(internal=True)
def thin_webhooks(steps: Steps) -> int:
    """Forget deliveries of webhooks, rooms, shops and wallets that ended a month ago."""
    if clock_now(steps.store, steps.asked).state is Clock.AHEAD:
        return 0
    old = (
        select(DeliveryRow.id)
        .where(
            DeliveryRow.kind.in_((WEBHOOK.name, CHAT.name, CHECK_IN, APPLE, GOOGLE)),
            DeliveryRow.state.not_in(("queued", "leased")),
            DeliveryRow.finished_at < steps.now - KEPT,
        )
        .limit(AT_ONCE)
    )
    gone = 0
    while True:
        with steps.read() as act:
            ids = act.connection.execute(old).scalars().all()
        if not ids:
            return gone
        with steps.write() as act:
            act.touch(Topic.SERVICES)
            act.connection.execute(delete(DeliveryRow).where(DeliveryRow.id.in_(ids)))
        gone += len(ids)
