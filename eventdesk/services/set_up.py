"""Services outside of the house: set up, changed, tried, removed.

Admins set up those of the house, and who runs an event those of the event. Nothing is asked of a
service in a transaction.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from data.rows import AnyRow, count_rows, insert_row, setting, update_row
from data.schema import DeliveryRow, ServiceRow
from data.store import Store
from eventdesk.acts import SYSTEM, Act, Permission, Steps, Topic, event_of, reads, steps, writes
from eventdesk.core import typed_text
from eventdesk.core.errors import EventDeskError, InvalidInputError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, kept_text, kept_texts, msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.integrations.kinds import BY_PAGES, KINDS, all_kinds, kind_of
from eventdesk.integrations.service import ServiceKind, Value, Values
from eventdesk.services.secret_files import forget_secrets, keep_secrets, read_secrets
from eventdesk.services.service import KindView, ServiceHealth, ServiceTrial, ServiceView, SetUp

WHO: Final = (Permission.INSTALLATION, Permission.EVENT)
"""Who sets services up: admins for the house, whoever runs an event for that."""

MAX_NAME: Final = 60

_FRESH: Final[dict[str, Any]] = {
    **{"health": ServiceHealth.UNKNOWN, "health_text": "", "said": None},
    **{"checked_at": None, "failing_since": None, "rests_until": None},
}


@reads(*WHO)
def service_kinds(act: Act, *, event_id: UUID | None = None) -> list[KindView]:
    """Read the kinds of services that can be set up for an event, or for the house."""
    _need(act, event_id)
    return [
        KindView(kind.name, str(kind.title), str(kind.what), kind.installed)
        for kind in all_kinds(of_event=event_id is not None)
        if kind.name not in BY_PAGES
    ]


@reads(*WHO)
def list_services(act: Act, *, event_id: UUID | None = None) -> list[ServiceView]:
    """Read the services of an event, or those of the house, and how each is."""
    _need(act, event_id)
    return _views(act, ServiceRow.event_id == event_id)


@reads(Permission.INSTALLATION)
def switched_on_services(act: Act) -> list[ServiceView]:
    """Read all services that are switched on, of the house and of events, and how each is."""
    act.need(None, Permission.INSTALLATION)
    return _views(act, ServiceRow.enabled.is_(True))


@reads(*WHO, about=event_of(ServiceRow, "service_id"))
def read_service(act: Act, service_id: UUID) -> ServiceView:
    """Read one service."""
    row = _row(act, service_id)
    return _views(act, ServiceRow.id == row.id)[0]


@steps(*WHO, about="event_id")
def add_service(
    steps: Steps,
    kind: str,
    values: Mapping[str, Value],
    *,
    event_id: UUID | None = None,
    name: str = "",
) -> ServiceView:
    """Set a service up; it is switched on at once.

    Args:
        kind: The word of its kind.
        values: What was typed, by the names of the fields of the kind.
        event_id: The event it is for; None is the whole house.
        name: What tells it from others of its kind.

    Raises:
        InvalidInputError: A value cannot be, the kind is not for this, or there is one already.
    """
    service_id, revision = new_id(), 1
    with steps.read() as act:
        _need(act, event_id)
    what = kind_of(kind)
    if what not in all_kinds(of_event=event_id is not None):
        raise InvalidInputError(
            msg("{title} is set up for events, not for the house.", title=what.title)
            if what.of_event
            else msg("{title} is set up for the house by its admins.", title=what.title)
        )
    clean = what.clean(values)
    keep_secrets(steps.store.home, service_id, revision, _secrets(what, clean))
    try:
        with steps.write() as act:
            _need(act, event_id)
            same = ServiceRow.kind == kind, ServiceRow.event_id == event_id
            if not what.several and count_rows(act.connection, *same):
                raise InvalidInputError(
                    msg("{title} is set up already.", title=what.title),
                    hint=msg("Change it, or remove it first."),
                )
            last = select(func.coalesce(func.max(ServiceRow.position), 0))
            insert_row(
                act.connection,
                ServiceRow,
                id=service_id,
                kind=kind,
                event_id=event_id,
                name=_name(name),
                settings=_shown(what, clean),
                enabled=True,
                position=act.connection.execute(last).scalar_one() + 1,
                created_at=act.now,
                revision=revision,
                **_FRESH,
            )
            act.record("add_service", ("service", service_id), event_id=event_id, kind=kind)
            return _views(act, ServiceRow.id == service_id)[0]
    except BaseException:
        forget_secrets(steps.store.home, service_id)
        raise


@steps(*WHO, about=event_of(ServiceRow, "service_id"))
def change_service(
    steps: Steps,
    service_id: UUID,
    values: Mapping[str, Value],
    *,
    name: str | None = None,
    enabled: bool | None = None,
) -> ServiceView:
    """Change what was typed of a service; a field that is not given stays as it is.

    Args:
        service_id: The service.
        values: What is to be otherwise; an empty secret stays as it was.
        name: Another name; None leaves it.
        enabled: Whether it is switched on; None leaves it.

    Raises:
        InvalidInputError: A value cannot be used, or somebody else changed it meanwhile.
    """
    home = steps.store.home
    with steps.read() as act:
        before = _row(act, service_id)
    what = kind_of(before.kind)
    known = read_secrets(home, service_id, before.revision)
    given = {key: value for key, value in values.items() if value or key not in what.secrets}
    whole = {**before.settings, **known, **given}
    clean = what.clean(whole) if values else {**dict.fromkeys(what.secrets, ""), **whole}
    revision = before.revision + 1
    with steps.write() as act:
        row = _row(act, service_id)
        if row.revision != before.revision:
            raise InvalidInputError(
                msg("Somebody else changed it meanwhile."), hint=advise(Remedy.READ_AGAIN)
            )
        # Under the lock of the store: who is refused writes no file over that of who was first.
        keep_secrets(home, service_id, revision, _secrets(what, clean))
        update_row(
            act.connection,
            ServiceRow,
            service_id,
            settings=_shown(what, clean),
            name=row.name if name is None else _name(name),
            enabled=row.enabled if enabled is None else enabled,
            revision=revision,
            **_FRESH,
        )
        changed = sorted(set(values) & {each.name for each in what.fields})
        act.record(
            "change_service",
            ("service", service_id),
            event_id=row.event_id,
            changed=changed,
            **({} if enabled is None else {"enabled": enabled}),
        )
        view = _views(act, ServiceRow.id == service_id)[0]
    forget_secrets(home, service_id, before=revision)
    return view


@steps(*WHO, about=event_of(ServiceRow, "service_id"))
def remove_service(steps: Steps, service_id: UUID) -> None:
    """Remove a service and its secrets; what waits for it and for no other goes nowhere.

    What any service of its kind may take, such as a mail, waits for the next one.
    """
    with steps.write() as act:
        row = _row(act, service_id)
        waiting = DeliveryRow.state.in_(("queued", "leased")), DeliveryRow.service_id == service_id
        act.connection.execute(
            update(DeliveryRow)
            .where(*waiting, DeliveryRow.kind.in_(kind_of(row.kind).deliveries))
            .values(state="queued", service_id=None, leased_by=None, leased_until=None)
        )
        act.connection.execute(
            update(DeliveryRow)
            .where(*waiting)
            .values(state="cancelled", finished_at=act.now, leased_by=None, leased_until=None)
        )
        act.connection.execute(delete(ServiceRow).where(ServiceRow.id == service_id))
        act.record("remove_service", ("service", service_id), event_id=row.event_id, kind=row.kind)
    forget_secrets(steps.store.home, service_id)


@steps(*WHO, about=event_of(ServiceRow, "service_id"))
def test_service(steps: Steps, service_id: UUID) -> ServiceTrial:
    """Ask a service whether it works as set up; takes seconds where it does not answer."""
    with steps.read() as act:
        row = _row(act, service_id)
    set_up = _set_up(steps.store, row)
    try:
        said = kind_of(row.kind).ask(set_up.values)
        trial = ServiceTrial(True, str(said))
    except EventDeskError as error:
        said = error.whole
        trial = ServiceTrial(False, str(error), error.hint)
    met_service(
        steps.store,
        SYSTEM.at(steps.now),
        service_id,
        trouble=None if trial.works else said,
        said=said,
    )
    return trial


test_service.__test__ = False  # type: ignore[attr-defined]  # no test of pytest


@writes(internal=True)
def met_service(
    act: Act,
    service_id: UUID,
    *,
    trouble: Message | None,
    said: Message | None = None,
    rests_s: float = 0.0,
) -> None:
    """Write down how a service was met; nothing happens when it is as before, or gone.

    Args:
        service_id: The service.
        trouble: What is wrong; None where it works.
        said: What it said where it works.
        rests_s: How long it is left alone.
    """
    row = act.connection.execute(
        select(ServiceRow.failing_since, ServiceRow.health).where(ServiceRow.id == service_id)
    ).one_or_none()
    if row is None or (trouble is None and said is None and row.health == ServiceHealth.GOOD):
        return
    since = None if trouble is None else row.failing_since or act.now
    update_row(
        act.connection,
        ServiceRow,
        service_id,
        health=ServiceHealth.GOOD if trouble is None else ServiceHealth.TROUBLE,
        checked_at=act.now,
        failing_since=since,
        rests_until=act.now + timedelta(seconds=rests_s) if rests_s else None,
        **kept_texts(health_text=trouble or said or ""),
    )
    act.touch(Topic.SERVICES)


@reads(internal=True)
def services_of(act: Act, kind: str, *, event_id: UUID | None = None) -> list[SetUp]:
    """The services of a kind that are switched on: those of an event, or of the house."""
    return _switched_on(act, ServiceRow.kind == kind, ServiceRow.event_id == event_id)


@reads(internal=True)
def service_of(act: Act, kind: str, *, event_id: UUID | None = None) -> SetUp | None:
    """The service of a kind that is switched on: the event's own, else the house's."""
    places = dict.fromkeys((event_id, None))
    found = (
        each
        for place in places
        for each in _switched_on(act, ServiceRow.kind == kind, ServiceRow.event_id == place)
    )
    return next(found, None)


@reads(internal=True)
def services_on(act: Act, kinds: Collection[str]) -> list[SetUp]:
    """All services of these kinds that are switched on, wherever they belong."""
    return _switched_on(act, ServiceRow.kind.in_(kinds))


def _switched_on(act: Act, *which: ColumnElement[bool]) -> list[SetUp]:
    rows = act.connection.execute(_ROWS.where(ServiceRow.enabled.is_(True), *which)).all()
    return [_set_up(act.store, row) for row in rows if row.kind in KINDS]


_ROWS: Final = select(ServiceRow.__table__).order_by(ServiceRow.position, ServiceRow.id)


def _set_up(store: Store, row: AnyRow) -> SetUp:
    """One as its kind has it now: what is not there, as a secret after a restore, is empty."""
    secrets = read_secrets(store.home, row.id, row.revision)
    empty = {each.name: each.empty for each in kind_of(row.kind).fields}
    values = {**empty, **row.settings, **secrets}
    if rules := kind_of(row.kind).rules:
        with store.read() as connection:
            values |= {name: setting(connection, name) for name in rules}
    return SetUp(row.id, row.kind, row.event_id, row.name, values)


def set_up_of(act: Act, service_id: UUID) -> SetUp:
    """A service with its secrets, inside a transaction of who may change it."""
    return _set_up(act.store, _row(act, service_id))


def _need(act: Act, event_id: UUID | None) -> None:
    if event_id is None:
        act.need(None, Permission.INSTALLATION)
    else:
        act.need(event_id, *WHO)


def _row(act: Act, service_id: UUID) -> AnyRow:
    row = act.connection.execute(_ROWS.where(ServiceRow.id == service_id)).one_or_none()
    row = need_found(row, msg("There is no such service any more."))
    _need(act, row.event_id)
    return row


def _views(act: Act, *where: Any) -> list[ServiceView]:
    rows = act.connection.execute(_ROWS.where(*where)).all()
    return [_view(act, row) for row in rows if row.kind in KINDS]


def _view(act: Act, row: AnyRow) -> ServiceView:
    counted = dict(
        act.connection.execute(
            select(DeliveryRow.state, func.count())
            .where(DeliveryRow.service_id == row.id)
            .group_by(DeliveryRow.state)
        ).all()
    )
    kind = kind_of(row.kind)
    secrets = read_secrets(act.store.home, row.id, row.revision) if kind.secrets else {}
    return ServiceView(
        id=row.id,
        kind=row.kind,
        title=str(kind.title),
        event_id=row.event_id,
        name=row.name,
        values=row.settings,
        secrets=tuple(sorted(name for name, value in secrets.items() if value)),
        enabled=row.enabled,
        health=ServiceHealth(row.health),
        health_text=kept_text(row.said, "health_text", row.health_text),
        checked_at=row.checked_at,
        failing_since=row.failing_since,
        rests_until=row.rests_until,
        waiting=counted.get("queued", 0) + counted.get("leased", 0) + _for_any(act, kind),
        failed=counted.get("failed", 0),
    )


def _for_any(act: Act, kind: ServiceKind) -> int:
    """How many deliveries wait for whichever service of a kind there is."""
    if not kind.deliveries:
        return 0
    waits = DeliveryRow.service_id.is_(None), DeliveryRow.state == "queued"
    return count_rows(act.connection, DeliveryRow.kind.in_(kind.deliveries), *waits)


def _name(typed: str) -> str:
    return typed_text.line(typed, msg("A name"), most=MAX_NAME)


def _shown(kind: ServiceKind, values: Values) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name not in kind.secrets}


def _secrets(kind: ServiceKind, values: Values) -> dict[str, str]:
    return {name: str(values[name] or "") for name in kind.secrets}
