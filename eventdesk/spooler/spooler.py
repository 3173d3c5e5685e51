"""The spooler: keeps a courier for each printer of this program and wakes it; starts the rest."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import IO
from uuid import UUID

from badges.making import draw_here, draw_in_child
from badges.paper import Printer
from data.house_lock import printing
from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import EventDeskError, StoreCutError, StoreError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, in_english, msg
from eventdesk.core.poll_pause import PollPause
from eventdesk.core.printing import Health, Status
from eventdesk.printing import (
    PrinterFacts,
    badges_due,
    layout_version,
    name_of_program,
    note_health,
    open_set_up,
    release_printers,
    take_printers,
)
from eventdesk.spooler.chores import Chores, groups_of_chores, seal_all
from eventdesk.spooler.courier import DUE_S, Courier
from eventdesk.spooler.house import House, house_of
from eventdesk.spooler.outcomes import AGAIN_S, note_unusable
from eventdesk.spooler.senders import Senders

log = logging.getLogger(__name__)

POLL_S = 0.03
"""How often the store is asked whether another process changed it."""

REST_S = 0.5
"""How often it is asked while nothing changes."""

KEEP_S = 1.0
"""How often printers that are new, free or gone are looked for."""

Setup = tuple[UUID | None, str, str, int]
"""A printer as it is driven: its row, its address, its layout and the state of that one's file."""


class Spooler:
    """Delivers badges until it is stopped.

    Args:
        house: Where deliveries live: a store, whose chores it does too, or a hub.
        printer: Where badges go while no printer is set up in the store; None leaves them
            waiting for another desk's printer.
        backups: Whether to make a backup now and every hour.
        only_this: Whether `printer` is used although others are set up.
        only_badge: The delivery that is printed; None prints all.

    Attributes:
        name: How leases name this program: machine, process and a number of its own.
    """

    def __init__(
        self,
        house: Store | House,
        printer: Printer | None,
        *,
        backups: bool = True,
        only_this: bool = False,
        only_badge: UUID | None = None,
    ) -> None:
        self.name = name_of_program(new_id().hex[-6:])
        self._house, self._printer, self._only_this = house_of(house), printer, only_this
        self._store = house if isinstance(house, Store) else None
        self._only_badge = only_badge
        self._printing: IO[bytes] | None = None
        self._couriers: dict[Setup, Courier] = {}
        self._leaving: list[Courier] = []
        self._duds: dict[Setup, Message] = {}
        self._count = 0
        self._draws_in_child = False
        self._stop, self._news = threading.Event(), threading.Event()
        self._chores: list[Chores] = []
        self._senders: Senders | None = None
        if self._store is not None:
            self._chores = groups_of_chores(self._store, self._stop, backups=backups)
            self._senders = Senders(self._store, self._stop)
        self._thread = threading.Thread(target=self._run, name="spooler", daemon=True)

    def start(self) -> None:
        """Begin to deliver, in threads of its own."""
        if self._printer is not None and self._store is not None:
            # Who cannot say so prints all the same; a command may print its own badge then.
            with suppress(StoreError):
                self._printing = printing(self._store.home)
        draw_in_child()
        self._draws_in_child = True
        self._thread.start()
        for chores in self._chores:
            chores.thread.start()
        if self._senders is not None:
            self._senders.thread.start()

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """Finish the badges at hand and end, within a time-out."""
        self._stop.set()
        self._news.set()
        until_s = time.monotonic() + timeout_s
        for courier in tuple(self._couriers.values()):
            courier.end()
        if self._thread.is_alive():  # until it has ended it may hire one more
            self._thread.join(max(0.0, until_s - time.monotonic()))
        couriers = [*self._couriers.values(), *self._leaving]
        for courier in couriers:
            courier.end()
        threads = [each.thread for each in couriers]
        for thread in (*threads, *(chores.thread for chores in self._chores)):
            if thread.is_alive():
                thread.join(max(0.0, until_s - time.monotonic()))
        if self._senders is not None:
            self._senders.join(max(0.0, until_s - time.monotonic()))
        self._let_go()
        if self._draws_in_child:
            self._draws_in_child = False
            draw_here()
        if self._printing is not None:
            self._printing.close()

    @property
    def lives(self) -> bool:
        """Whether it delivers."""
        return self._thread.is_alive() and not self._stop.is_set()

    def wake(self) -> None:
        """Look at once for what is due: something was committed in this process."""
        for courier in tuple(self._couriers.values()):
            courier.wake()
        if self._senders is not None:
            self._senders.wake()

    def deliver_due(self, *, now: datetime | None = None) -> int:
        """Deliver a badge of each printer that is due now, and return how many were tried.

        For who has no thread running: each courier takes its turn in the caller's. Where none
        has anything to do although badges wait, the printers are asked how they are by now.
        """
        at = now or utc_now()
        self._keep(at, in_threads=False)
        couriers = tuple(self._couriers.values())
        tried = sum(courier.turn(now=now) for courier in couriers)
        if tried or not self._any_due(at):
            return tried
        for courier in couriers:
            courier.look_after()
        return sum(courier.turn(now=now) for courier in couriers)

    def _any_due(self, now: datetime) -> bool:
        """Whether badges wait; a device does not ask for those of others."""
        if self._store is None:
            return True
        return self._house.call(badges_due, now, only=self._only_badge)

    def drain(self, *, deadline: datetime) -> None:
        """Deliver until nothing is due any more, or the deadline has come.

        Raises:
            StoreError: The store could not be used to the end.
        """
        while utc_now() < deadline:
            try:
                if not self.deliver_due():
                    break
            except (KeyboardInterrupt, SystemExit):
                for courier in self._couriers.values():
                    courier.write_last()
                raise
            except StoreCutError:
                raise  # it does not come back while it is open
            except StoreError:
                # What is out is to be written down: who only waits need not see it twice.
                if utc_now() >= deadline:
                    raise
                self._stop.wait(AGAIN_S)
        self._let_go()
        if self._store is not None:
            seal_all(self._store)

    # The thread

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._house.check()
                with self._house.watch() as version:
                    self._serve(version)
            except StoreError as error:
                note_unusable(error)
                self._stop.wait(DUE_S)
            except Exception:
                log.exception("The spooler met an unexpected error and goes on")
                self._stop.wait(DUE_S)

    def _serve(self, version: Callable[[], int]) -> None:
        """Keep the couriers and wake them until stopped or an error."""
        seen, keep_at_s, pause = -1, 0.0, PollPause(POLL_S, REST_S)
        while not self._stop.is_set():
            changed, now_s = version(), time.monotonic()
            if now_s >= keep_at_s:
                keep_at_s = now_s + KEEP_S
                self._keep(utc_now(), in_threads=True)
                for courier in tuple(self._couriers.values()):
                    courier.note_if_stalled()
            if changed != seen:
                self.wake()
            pause_s = pause.after(changed=changed != seen, now_s=now_s)
            seen = changed
            self._stop.wait(pause_s)

    # The couriers

    def _keep(self, now: datetime, *, in_threads: bool) -> None:
        """Have a courier for each printer that is driven by this program, and for no other."""
        wanted = self._wanted(now)
        for setup in [each for each in self._couriers if each not in wanted]:
            courier = self._couriers.pop(setup)
            courier.end()
            self._leaving.append(courier)
        self._leaving = [each for each in self._leaving if each.thread.is_alive()]
        leaving = {each.printer_id for each in self._leaving}
        for setup, facts in wanted.items():
            # Who was slow to end still drives it: never two at one printer.
            if setup not in self._couriers and setup[0] not in leaving:
                self._hire(setup, facts, in_threads=in_threads)

    def _wanted(self, now: datetime) -> dict[Setup, PrinterFacts | None]:
        only: dict[Setup, PrinterFacts | None] = {}
        if self._printer is not None:
            only[None, "", "", 0] = None
        if self._only_this:
            return only
        driven = self._house.call(take_printers, now, self.name)
        if not driven.any_set_up:
            return only
        return {self._setup_of(each): each for each in driven.printers}

    def _setup_of(self, facts: PrinterFacts) -> Setup:
        """How a printer is to be driven: by its layout as that stands in its file just now.

        While that is gone or only half written the badges look as they did before.
        """
        version = layout_version(self._house.home, facts.layout)
        wanted = (facts.id, facts.spec, facts.layout, version)
        running = next((each for each in self._couriers if each[:3] == wanted[:3]), None)
        if running not in (None, wanted) and self._opened(wanted) is None:
            return running or wanted
        return wanted

    def _hire(self, setup: Setup, facts: PrinterFacts | None, *, in_threads: bool) -> None:
        printer = self._printer if facts is None else self._opened(setup)
        if printer is None:
            if facts is not None:
                self._note_dud(facts, setup)
            return
        self._count += 1
        courier = Courier(
            self._house,
            f"{self.name}/{self._count}",
            printer,
            printer_id=setup[0],
            holder=self.name if facts is not None else "",
            wake_others=self.wake,
            only_badge=self._only_badge,
        )
        self._couriers[setup] = courier
        if in_threads:
            courier.thread.start()

    def _opened(self, setup: Setup) -> Printer | None:
        """Open a printer that is set up; what cannot be opened is tried once."""
        _printer_id, spec, layout, _version = setup
        if setup in self._duds:
            return None
        try:
            return open_set_up(self._house.home, spec, layout)
        except (EventDeskError, OSError, ValueError) as error:
            self._duds[setup] = Message(in_english(error)[:200])
            log.error("Printer %s cannot be opened: %s", spec, error)
            return None

    def _note_dud(self, facts: PrinterFacts, setup: Setup) -> None:
        """Note that a printer cannot be opened."""
        why = self._duds.get(setup, msg("it cannot be opened"))
        status = Status(Health.ERROR, why)
        if (facts.status.health, str(facts.status.text)) != (Health.ERROR, in_english(why)):
            self._house.call(note_health, None, facts.id, status)

    def _let_go(self) -> None:
        """Give the printers back, except those a courier is still busy with."""
        if any(each.thread.is_alive() for each in (*self._couriers.values(), *self._leaving)):
            return  # the lease ends by itself
        self._couriers.clear()
        try:
            self._house.call(release_printers, None, self.name)
        except StoreError as error:
            log.warning("The printers could not be given back: %s", error)
