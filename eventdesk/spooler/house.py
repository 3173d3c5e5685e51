"""The house whose badges are printed: this machine's store, or a hub that this device works for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from data.store import Store
from eventdesk.acts import SYSTEM, Verb

P = ParamSpec("P")
T = TypeVar("T")


class House(Protocol):
    """What a spooler asks a house; each call may raise `StoreError` and is tried again then."""

    @property
    def home(self) -> Path:
        """Where layouts and badges lie on this machine."""

    @property
    def writes(self) -> int:
        """How often this process wrote, so that a courier rests while others do."""

    def call(
        self, verb: Verb[P, T], now: datetime | None, /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case of couriers, at an instant where the house goes by this clock."""

    def check(self) -> None:
        """See that no badge is printed of a house that is gone."""

    def watch(self) -> AbstractContextManager[Callable[[], int]]:
        """What gives a number that changes with what happens there."""


@dataclass(frozen=True, slots=True)
class StoreHouse:
    """The store of this machine."""

    store: Store

    @property
    def home(self) -> Path:
        """Its home folder."""
        return self.store.home

    @property
    def writes(self) -> int:
        """How often this process wrote."""
        return self.store.writes

    def call(
        self, verb: Verb[P, T], now: datetime | None, /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case as the program itself."""
        return verb(self.store, SYSTEM.at(now), *args, **kwargs)

    def check(self) -> None:
        """See that the store's file is in its place."""
        self.store.check()

    def watch(self) -> AbstractContextManager[Callable[[], int]]:
        """What gives the number of the store's state."""
        return self.store.watch()


def house_of(store: Store | House) -> House:
    """The house that a store is."""
    return StoreHouse(store) if isinstance(store, Store) else store
