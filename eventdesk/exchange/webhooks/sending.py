"""The sender of webhooks: queued events posted in the order in which they happened."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import ServiceError, ServiceSilentError
from eventdesk.exchange.webhooks.telling import message_of
from eventdesk.integrations.webhook.kind import WEBHOOK
from eventdesk.integrations.webhook.posting import Target, post
from eventdesk.services import Dropped, Later, Outgoing, Sent, SetUp, Told


class WebhookSender:
    """Posts the events of a webhook."""

    kind: Final = WEBHOOK.name
    service: Final = WEBHOOK.name
    patience: Final = timedelta(days=3)
    at_once: Final = 10

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Post events one by one; the first that is not taken ends it, and the rest wait.

        Whatever the answer was, the event is tried again for three days: a program that refuses
        today may be mended tomorrow.

        Raises:
            ServiceSilentError: One was not taken.
        """
        target = Target.of(service.values, now=utc_now())
        with target.caller() as caller:
            for job in jobs:
                body = message_of(store, job)
                if body is None:
                    told(job.id, Dropped())
                    continue
                try:
                    answer = post(caller, target, message_id(job), body)
                except ServiceError as error:
                    wait_s = error.wait_s if isinstance(error, ServiceSilentError) else None
                    told(job.id, Later(error.whole, wait_s))
                    raise ServiceSilentError(
                        error.message, hint=error.advice, wait_s=wait_s
                    ) from error
                told(job.id, Sent(target.host, str(answer.status)))


def message_id(job: Outgoing) -> str:
    """The name of a message: the same each time it is sent, so that it is taken once."""
    return f"msg_{job.id.hex}"


SENDER: Final = WebhookSender()
