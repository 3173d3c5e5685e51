"""The ground all tables stand on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from data.types import Id, Instant


class Base(DeclarativeBase):
    """Common ground of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        UUID: Id,
        datetime: Instant,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
        str: Text,
    }
