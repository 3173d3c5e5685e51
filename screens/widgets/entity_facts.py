"""The fields of an entity as facts to read: what its form would show, in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from eventdesk.core import fields as declared
from eventdesk.core import formats
from eventdesk.core.fields import Kind
from eventdesk.core.messages import Message, _, translated
from eventdesk.core.money import NO_MONEY, Money, percent
from eventdesk.core.wall_clock import spoken


def entity_facts(
    fields: Iterable[declared.Field],
    value: Any,
    *,
    zone: str = "UTC",
    nothing: Money = NO_MONEY,
    offers: declared.Offers | None = None,
) -> list[tuple[str, str]]:
    """The names and values of an entity, in the order of its form; arguments as `entity_fields`."""
    facts = []
    for one in fields:
        if one.label:
            now = value(one.name) if callable(value) else getattr(value, one.name)
            names = dict((offers or {}).get(one.name, ())) or {
                key: _word(each) for key, each in one.choices.items()
            }
            facts.append((translated(one.label), _told(one, now, names, zone, nothing)))
    return facts


def _told(one: declared.Field, value: Any, names: dict[Any, str], zone: str, nothing: Money) -> str:
    if one.kind is Kind.SEVERAL:
        return ", ".join(names[each] for each in value or () if each in names)
    if value is None or (value == one.empty and one.kind in (Kind.SHARE, Kind.MINOR)):
        return ""
    if names:
        return names.get(value, "")
    match one.kind:
        case Kind.NUMBER:
            return formats.number(value)
        case Kind.MONEY:
            return formats.money(value)
        case Kind.MINOR:
            return formats.money(Money(value, nothing.currency, nothing.exponent))
        case Kind.SHARE:
            return f"{percent(value)} %"
        case Kind.YES:
            return _("✓ yes") if value else ""
        case Kind.MOMENT:
            assert isinstance(value, datetime)
            return spoken(value, zone)
    return str(value)


def _word(word: str | Message) -> str:
    return str(word) if isinstance(word, Message) else translated(word)
