"""Senders: what leaves for services outside, each service in a thread of its own.

A service that does not answer rests, a little longer each time, and what was claimed for it goes
back; nothing else waits for it. Where no service is switched on there is no thread.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from data.house_lock import sending
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import EventDeskError, ServiceSilentError, StoreError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import ENGLISH, Message, msg, reading
from eventdesk.integrations.service import named
from eventdesk.services import (
    Failed,
    Fate,
    Later,
    Outgoing,
    Sender,
    SetUp,
    anything_due,
    claim_outgoing,
    met_service,
    return_outgoing,
    services_on,
    settle_outgoing,
)
from eventdesk.spooler.outcomes import AGAIN_S, LAST_WORDS_S, note_unusable

log = logging.getLogger(__name__)

SENDERS: Final[dict[str, tuple[str, str]]] = {
    "apple-wallet": ("apple-wallet", "eventdesk.booking.apple_wallet_sending:SENDER"),
    "google-wallet": ("google-wallet", "eventdesk.booking.google_wallet_sending:SENDER"),
    "mail": ("mail", "eventdesk.mailing:MAILS"),
    "link": ("mail", "eventdesk.mailing:LINKS"),
    "eventbrite": ("eventbrite", "eventdesk.exchange.in_step.again:EVENTBRITE"),
    "pretalx": ("pretalx", "eventdesk.exchange.in_step.talks:AGAIN"),
    "pretix": ("pretix", "eventdesk.exchange.in_step.again:PRETIX"),
    "pretix_check_in": ("pretix", "eventdesk.exchange.in_step.telling:SENDER"),
    "bulk_mail": ("mail", "eventdesk.mailing:BULK_MAILS"),
    "stored_backup": ("storage", "eventdesk.keeping.stored_backups:SENDER"),
    "stored_files": ("storage", "eventdesk.keeping.stored_folders:SENDER"),
    "sheets": ("sheets", "eventdesk.exchange.sheets.sending:SENDER"),
    "chat": ("chat", "eventdesk.exchange.chat.sending:SENDER"),
    "webhook": ("webhook", "eventdesk.exchange.webhooks.sending:SENDER"),
}
"""Of each kind of deliveries: the kind of service it goes to, and `module:NAME` of its `Sender`,
which is loaded once such a service is switched on."""

KEEP_S: Final = 2.0
"""How often it is looked which services are switched on."""

LOOK_S: Final = 1.0
"""How often it is looked what fell due; what is committed in this program wakes it at once."""

CROWD_S: Final = 0.05
"""So much is committed together until it is looked again."""

FIRST_REST_S, MAX_REST_S = 2.0, 300.0
"""A service that does not answer rests, twice as long each time."""


class Senders:
    """Keeps a courier for each service that is switched on."""

    def __init__(self, store: Store, stop: threading.Event) -> None:
        self._store, self._stop = store, stop
        self._couriers: dict[tuple[str, UUID, int], ServiceCourier] = {}
        self.thread = threading.Thread(target=self._run, name="senders", daemon=True)

    def wake(self) -> None:
        """Look at once for what is due: something was committed."""
        for courier in tuple(self._couriers.values()):
            courier.news.set()

    def join(self, timeout_s: float) -> None:
        """Wait for all threads to end once `stop` is set."""
        until_s = time.monotonic() + timeout_s
        self.wake()
        threads = [self.thread, *(each.thread for each in self._couriers.values())]
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, until_s - time.monotonic()))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._keep()
            except StoreError as error:
                note_unusable(error)
            except Exception:
                log.exception("The senders met an unexpected error and go on")
            self._stop.wait(KEEP_S)

    def _keep(self) -> None:
        on = services_on(self._store, SYSTEM, {service for service, _where in SENDERS.values()})
        wanted = {
            (kind, service.id, hash(tuple(map(str, service.values.items())))): (where, service)
            for kind, (of, where) in SENDERS.items()
            for service in on
            if service.kind == of
        }
        for key in [each for each in self._couriers if each not in wanted]:
            self._couriers.pop(key).end()
        for key, (where, service) in wanted.items():
            if key not in self._couriers:
                courier = ServiceCourier(self._store, named(where), service, self._stop)
                self._couriers[key] = courier
                courier.thread.start()


class ServiceCourier:
    """Takes deliveries of one kind to one service; one of all programs of a home at a time."""

    def __init__(self, store: Store, sender: Sender, service: SetUp, stop: threading.Event) -> None:
        self._store, self._sender, self._service = store, sender, service
        self._stop, self._ended = stop, threading.Event()
        self.name = f"{sender.kind} {new_id().hex[-8:]}"
        self.news = threading.Event()
        self._rest_s = FIRST_REST_S
        self.thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def end(self) -> None:
        """Let it end after what is at hand."""
        self._ended.set()
        self.news.set()

    @property
    def _ends(self) -> bool:
        return self._stop.is_set() or self._ended.is_set()

    def _run(self) -> None:
        with reading(ENGLISH):
            while not self._ends:
                with sending(self._store.home, f"{self._sender.kind}-{self._service.id}") as mine:
                    while mine and not self._ends:
                        self.turn_or_rest()
                if not self._ends:
                    self._stop.wait(KEEP_S)

    def turn_or_rest(self) -> None:
        """Send what is due, else wait for something."""
        try:
            if self.turn():
                return
        except StoreError as error:
            note_unusable(error)
            self._stop.wait(AGAIN_S)
        except Exception:
            log.exception("A sender met an unexpected error and goes on")
            self._stop.wait(LOOK_S)
        self.news.wait(LOOK_S)
        self.news.clear()
        self._stop.wait(CROWD_S)

    def turn(self) -> int:
        """Claim what is due and send it; returns how many were claimed."""
        kind = self._sender.kind
        if not anything_due(self._store, SYSTEM, kind, self._service):
            return 0
        jobs = claim_outgoing(
            self._store, SYSTEM, self.name, kind, self._service, limit=self._sender.at_once
        )
        if jobs:
            self._send(jobs)
        return len(jobs)

    def _send(self, jobs: list[Outgoing]) -> None:
        left = {each.id: each for each in jobs}

        def told(delivery_id: UUID, fate: Fate) -> None:
            if left.pop(delivery_id, None) is not None:
                self._settle({delivery_id: fate})

        def at_fault(fate: Fate) -> None:
            """It is over the first that it was not told of; the others go without it."""
            if left:
                told(next(iter(left)), fate)

        trouble: Message | None = None
        rest_s = 0.0
        try:
            self._sender.send(self._store, self._service, jobs, told)
            self._rest_s = FIRST_REST_S
        except ServiceSilentError as error:
            trouble = error.whole
            rest_s = min(MAX_REST_S, error.wait_s or self._rest_s)
            self._rest_s = min(MAX_REST_S, self._rest_s * 2)
        except StoreError:
            self._give_back(left)
            raise
        except EventDeskError as error:
            trouble = error.whole
            at_fault(Failed(error.whole))
        except Exception:
            log.exception("What is sent by %s met an unexpected error", self._sender.kind)
            trouble = msg("It met an unexpected error; the log says which.")
            at_fault(Later(trouble))
        self._note(trouble, rest_s)
        self._give_back(left)

    def _give_back(self, left: Mapping[UUID, Outgoing]) -> None:
        """Return what was not handed over: it is due as before, not when its lease ends."""
        if left:
            self._keep_trying(lambda: return_outgoing(self._store, SYSTEM, self.name, list(left)))

    def _note(self, trouble: Message | None, rest_s: float) -> None:
        self._keep_trying(
            lambda: met_service(
                self._store, SYSTEM, self._service.id, trouble=trouble, rests_s=rest_s
            )
        )

    def _settle(self, fates: Mapping[UUID, Fate]) -> None:
        """Write down what came of deliveries, again and again while the store takes nothing."""
        self._keep_trying(
            lambda: settle_outgoing(
                self._store, SYSTEM, self.name, fates, patience=self._sender.patience
            )
        )

    def _keep_trying(self, write: Callable[[], object]) -> None:
        until_s: float | None = None
        while True:
            try:
                write()
                return
            except StoreError:
                if self._ends:
                    until_s = until_s or time.monotonic() + LAST_WORDS_S
                    if time.monotonic() > until_s:
                        raise
                time.sleep(AGAIN_S)
