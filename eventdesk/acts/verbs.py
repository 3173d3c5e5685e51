"""Declaring a use case: what it needs, which event it is about, and how it is run.

A use case is a function `verb(act, …) -> frozen result`. `@writes` and `@reads` open its
transaction; `@steps` is for those few that open several, or do slow work outside of one, and
`@reads_in_steps` for those of them that leave the store as it was. What is declared is what the
catalogue knows, and the matrix of docs/permissions.md: what needs a permission raises
`NotAllowedError` where the actor has none at the event, or the account was closed, and what is
about an event or a row raises `NotFoundError` where there is none, without saying so again.

Who may reach it at all is one of five words. It is *guarded* by permissions, or by what is one's
own; for paired *devices*, and the spooler, which do the same; *public*, for whoever comes;
*local*, done only on the machine that holds the files, and never over the wire; or *internal*, done
by the program itself, and by no actor from outside.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import islice
from threading import Lock
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypedDict, TypeVar, Unpack
from uuid import UUID

from sqlalchemy import bindparam, select

from data.prepared import Prepared
from data.schema import Base
from data.store import Store
from eventdesk.acts.act import Act, ReadingSteps, Steps
from eventdesk.acts.actor import Actor, Asked, Permission
from eventdesk.acts.not_there import DoneError, UndoneSteps, with_other_ids
from eventdesk.acts.once import in_steps, keep_answer, kept_answer
from eventdesk.acts.permission import refusal
from eventdesk.acts.reach import Reach, need_reach
from eventdesk.acts.refusals import refusals_kept
from eventdesk.acts.request import this_request
from eventdesk.core.errors import EventDeskError, NotAllowedError, StoreConflictError

P = ParamSpec("P")
T = TypeVar("T")

TRIES: Final = 5
"""How often a verb is begun where others change the same at once."""

MAX_KNOWN: Final = 10_000
"""Rows of a kind whose event is remembered."""


class Kind(StrEnum):
    """How a use case is run."""

    WRITES = "writes"
    READS = "reads"
    STEPS = "steps"
    READS_IN_STEPS = "reads in steps"

    @property
    def only_reads(self) -> bool:
        """Whether it leaves the store as it was."""
        return self in (Kind.READS, Kind.READS_IN_STEPS)


class Reached(TypedDict, total=False):
    """The words of `Reach` as arguments of a declaration; one at most."""

    devices: bool
    public: bool
    local: bool
    internal: bool


class EventOf:
    """Finds the event that a row belongs to, which never changes, and remembers it.

    Attributes:
        parameter: The parameter with the row's id; `scan.list_id` is a field of one, and
            `ticket_ids.0` the first of several.
    """

    __slots__ = ("_known", "_lock", "_path", "_statement", "parameter", "row")

    def __init__(self, row: type[Base], parameter: str) -> None:
        self.row, self.parameter = row, parameter
        self._path = parameter.split(".")[1:]
        self._known: OrderedDict[UUID, UUID] = OrderedDict()
        self._lock = Lock()
        columns = row.__table__.c
        self._statement = Prepared(
            select(columns.event_id).where(columns.id == bindparam("id", type_=columns.id.type))
        )

    def __call__(self, store: Store, value: object) -> UUID | None:
        """The event of what was passed; None where there is no such row."""
        row_id: Any = value
        for part in self._path:
            if not row_id:
                return None
            row_id = _nth(row_id, int(part)) if part.isdecimal() else getattr(row_id, part)
        if row_id is None:
            return None
        known = self._known.get(row_id)
        if known is not None:
            return known
        with store.read() as connection:
            found = self._statement.one_or_none(connection, {"id": row_id})
        event_id: UUID | None = None if found is None else found.event_id
        if event_id is not None:
            with self._lock:
                self._known[row_id] = event_id
                if len(self._known) > MAX_KNOWN:
                    self._known.popitem(last=False)
        return event_id


def _nth(values: Iterable[Any], place: int) -> Any:
    """One of several, which may be a set; None where there are fewer."""
    return next(islice(values, place, None), None)


event_of = EventOf

About = str | EventOf | None
"""Which event a verb is about: the parameter with its id, a row's, or none: the whole house."""


Body = (
    Callable[Concatenate[Act, P], T]
    | Callable[Concatenate[Steps, P], T]
    | Callable[Concatenate[ReadingSteps, P], T]
)
"""The function that a use case is."""


class Verb(Generic[P, T]):
    """A declared use case; calling it opens its transaction.

    Attributes:
        body: The function that it is, which takes the act.
        kind: Whether it writes or reads, and whether it goes in steps.
        reach: Who may reach it at all.
        permissions: Any one of them is enough; None where none is asked for.
        own: Whether people may also do it with what is theirs.
        about: Which event it is about.
    """

    __slots__ = (
        "__dict__",
        "_at_most",
        "_find",
        "_limits",
        "_name",
        "_place",
        "about",
        "body",
        "kind",
        "own",
        "permissions",
        "reach",
    )

    def __init__(
        self,
        body: "Body[P, T]",
        kind: Kind,
        reach: Reach,
        permissions: tuple[Permission, ...] | None,
        *,
        own: bool,
        about: About,
    ) -> None:
        self.body: Callable[..., T] = body
        self.kind, self.permissions, self.own, self.about = kind, permissions, own, about
        self.reach = reach
        self._limits = reach not in (Reach.GUARDED, Reach.PUBLIC)
        self._at_most = (
            None
            if permissions is None
            else frozenset((*permissions, *((Permission.ATTEND,) if own else ())))
        )
        self._find = about if isinstance(about, EventOf) else None
        named = about.parameter.partition(".")[0] if isinstance(about, EventOf) else about
        self._name = named or ""
        code = body.__code__
        self._place = code.co_varnames.index(named) - 1 if named else 0
        if self._place >= code.co_argcount - 1:
            self._place = -1
        self.__name__, self.__qualname__ = body.__name__, body.__qualname__
        self.__module__, self.__doc__ = body.__module__, body.__doc__
        self.__wrapped__ = body

    @property
    def area(self) -> str:
        """The room it is in, such as `door`."""
        return self.__module__.split(".")[1]

    @property
    def module(self) -> str:
        """The file it is in, such as `checkin`."""
        return self.__module__.rpartition(".")[2]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.__name__

    def __repr__(self) -> str:
        return f"<{self.kind} {self.__module__}.{self.__name__}>"

    def __call__(
        self, store: Store, actor: Actor | Asked, /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do it, in a transaction of its own, which is committed when this returns.

        Raises:
            NotAllowedError: The actor's role can never do it; nothing was read.
            NotFoundError: A stranger asked over the wire, who is not told what is there.
            KeptInsideError: It is local, and was asked for over the wire.
            StoreConflictError: Others changed the same at once, however often it was begun.
        """
        asked = actor if type(actor) is Asked else Asked(actor)  # type: ignore[arg-type]
        try:
            return self._done(store, asked, args, kwargs)
        except NotAllowedError as refused:
            if refused.of_stranger and this_request():
                self._refuse_stranger(store, asked, refused, args, kwargs)
            raise

    def _done(
        self, store: Store, asked: Asked, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> T:
        if self._limits:
            need_reach(self.reach, asked.actor)
        at_most = self._at_most
        if at_most is not None and not asked.actor.may(*at_most):
            raise refusal(asked.actor, self.permissions or ())
        if self.kind is Kind.STEPS:
            return self._in_steps(store, asked, args, kwargs)
        if self.kind is Kind.READS_IN_STEPS:
            about = self._event(store, args, kwargs)
            return self.body(ReadingSteps(store, asked, about=about), *args, **kwargs)
        if self.kind is Kind.READS:
            with store.read() as connection:
                return self.body(Act(store, connection, asked), *args, **kwargs)
        tries = TRIES
        while True:
            tries -= 1
            about = self._event(store, args, kwargs)
            try:
                with refusals_kept(store, asked), store.write(about=about) as connection:
                    act = Act(store, connection, asked, about=about)
                    result = self._done_in(act, asked, args, kwargs)
            except StoreConflictError:
                if not tries:
                    raise
            else:
                return result

    def _done_in(
        self, act: Act, asked: Asked, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> T:
        """Do it in an open transaction, unless this very call was answered before."""
        once = asked.once
        kept = None if once is None else kept_answer(act.connection, once, self.name_in_calls)
        if once is not None and kept is not None:
            given: Any = once.load(kept)
            return given  # type: ignore[no-any-return]
        if asked.only_if is not None:
            asked.only_if(act)
        result = self.body(act, *args, **kwargs)
        act.end()
        if once is not None:
            keep_answer(act, once, self.name_in_calls, result)
        return result

    def _in_steps(
        self, store: Store, asked: Asked, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> T:
        """Do it in steps, unless this very call was answered before."""
        about = self._event(store, args, kwargs)
        once = asked.once
        bare = replace(asked, once=None, only_if=None) if once or asked.only_if else asked
        steps = Steps(store, bare, about=about)

        def body() -> T:
            if asked.only_if is not None:
                with steps.read() as act:
                    asked.only_if(act)
            return self.body(steps, *args, **kwargs)

        if once is None:
            return body()
        given: T = in_steps(steps, once, self.name_in_calls, body)
        return given

    def _refuse_stranger(
        self,
        store: Store,
        asked: Asked,
        refused: NotAllowedError,
        args: Sequence[object],
        kwargs: Mapping[str, object],
    ) -> None:
        """Refuse a stranger as if what they asked for were not there.

        Raises:
            EventDeskError: What is said then, mostly `NotFoundError`; the refusal is its cause.
        """
        args, kwargs = with_other_ids((args, kwargs))
        asked = replace(asked, once=None, only_if=None)
        about = self._event(store, args, kwargs)
        try:
            if self.kind is Kind.READS:
                with store.read() as connection:
                    self.body(Act(store, connection, asked), *args, **kwargs)
            elif self.kind is Kind.READS_IN_STEPS:
                self.body(ReadingSteps(store, asked, about=about), *args, **kwargs)
            elif self.kind is Kind.STEPS:
                self.body(UndoneSteps(store, asked, about=about), *args, **kwargs)
            else:
                with UndoneSteps(store, asked, about=about).write() as act:
                    self.body(act, *args, **kwargs)
        except EventDeskError as unknown:
            raise unknown from refused
        except DoneError:
            return

    @property
    def name_in_calls(self) -> str:
        """What it is called where answers are kept."""
        return f"{self.area}.{self.name}"

    def _event(
        self, store: Store, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> UUID | None:
        """The event it is about this time."""
        name, place, find = self._name, self._place, self._find
        if not name:
            return None
        value: Any = args[place] if 0 <= place < len(args) else kwargs.get(name)
        if find is None or value is None:
            event_id: UUID | None = value
            return event_id
        return find(store, value)


VERBS: Final[list[Verb[..., Any]]] = []
"""Every declared use case whose module is loaded."""


def writes(
    *permissions: Permission, own: bool = False, about: About = None, **reach: Unpack[Reached]
) -> Callable[[Callable[Concatenate[Act, P], T]], Verb[P, T]]:
    """Declare a use case that changes things, in one write transaction.

    Args:
        permissions: Any one of them is enough; its body asks the store with `act.need`.
        own: Whether people may also do it with what is theirs: `act.need(…, owner_id=…)`.
        about: The parameter with the event's id, or `event_of(Row, "row_id")`; None for what
            belongs to the whole house or to a person.
        reach: `public=True`, or another word of `Reach`; without one it is guarded.
    """

    def declare(body: Callable[Concatenate[Act, P], T]) -> Verb[P, T]:
        return _declared(body, Kind.WRITES, reach, permissions, own, about)

    return declare


def reads(
    *permissions: Permission, own: bool = False, about: About = None, **reach: Unpack[Reached]
) -> Callable[[Callable[Concatenate[Act, P], T]], Verb[P, T]]:
    """Declare a use case that only reads, in one read transaction; see `writes`."""

    def declare(body: Callable[Concatenate[Act, P], T]) -> Verb[P, T]:
        return _declared(body, Kind.READS, reach, permissions, own, about)

    return declare


def steps(
    *permissions: Permission, own: bool = False, about: About = None, **reach: Unpack[Reached]
) -> Callable[[Callable[Concatenate[Steps, P], T]], Verb[P, T]]:
    """Declare a use case that opens its transactions itself: several, or slow work outside.

    Its body takes `Steps`, and opens `with steps.write() as act:`. See `writes`.
    """

    def declare(body: Callable[Concatenate[Steps, P], T]) -> Verb[P, T]:
        return _declared(body, Kind.STEPS, reach, permissions, own, about)

    return declare


def reads_in_steps(
    *permissions: Permission, own: bool = False, about: About = None, **reach: Unpack[Reached]
) -> Callable[[Callable[Concatenate[ReadingSteps, P], T]], Verb[P, T]]:
    """Declare a use case in steps that leaves the store as it was; see `steps`.

    Its body opens `with steps.read() as act:`, and cannot write. It does nothing outside that must
    not be done twice: who asks again with the same key gets it done again.
    """

    def declare(body: Callable[Concatenate[ReadingSteps, P], T]) -> Verb[P, T]:
        return _declared(body, Kind.READS_IN_STEPS, reach, permissions, own, about)

    return declare


def _declared(
    body: "Body[P, T]",
    kind: Kind,
    said: Reached,
    permissions: tuple[Permission, ...],
    own: bool,
    about: About,
) -> Verb[P, T]:
    [reach] = [Reach(word) for word, is_so in said.items() if is_so] or [Reach.GUARDED]
    needs = bool(permissions or own)
    if reach is not Reach.LOCAL:
        assert needs == (reach is Reach.GUARDED), "Say who may: permissions, own, or a reach."
    verb = Verb(body, kind, reach, permissions if needs else None, own=own, about=about)
    VERBS.append(verb)
    return verb
