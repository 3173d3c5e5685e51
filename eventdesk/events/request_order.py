"""The order in which the requests of an opening hour are taken: the settings that keep it."""

from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import SettingRow


def seed_of(connection: Connection, event_id: UUID) -> str | None:
    """The seed of an event's lots in hexadecimal; None before it was drawn."""
    return connection.execute(
        select(SettingRow.value).where(SettingRow.key == seed_key(event_id))
    ).scalar_one_or_none()


def order_key(event_id: UUID) -> str:
    """The setting that keeps the order within a class of an event's queue."""
    return f"queue_order/{event_id}"


def by_lot(connection: Connection, event_id: UUID) -> bool:
    """Whether requests of one class are drawn by lot; else the first come first."""
    order = connection.execute(
        select(SettingRow.value).where(SettingRow.key == order_key(event_id))
    ).scalar_one_or_none()
    return order == BY_LOT or (order is None and seed_of(connection, event_id) is not None)


BY_LOT, BY_TIME = "lot", "time"


def seed_key(event_id: UUID) -> str:
    """The setting that keeps the seed of an event's lots."""
    return f"queue_seed/{event_id}"
