"""The form of an entity, made of what is declared of its fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from eventdesk.core import fields as declared
from eventdesk.core.fields import Kind
from eventdesk.core.messages import Message, translated
from eventdesk.core.money import NO_MONEY, Money
from eventdesk.core.typed_text import MAX_PEOPLE
from screens.widgets.form.choices import ChoiceField, SeveralField, YesNoField
from screens.widgets.form.field import Field
from screens.widgets.form.making import Making
from screens.widgets.form.moment_field import MomentField
from screens.widgets.form.typed_fields import (
    MoneyField,
    NoteField,
    NumberField,
    PercentField,
    TextField,
)


def entity_fields(
    fields: Iterable[declared.Field],
    value: Any,
    *,
    zone: str = "UTC",
    nothing: Money = NO_MONEY,
    offers: declared.Offers | None = None,
    hints: Mapping[str, str] | None = None,
    makings: Mapping[str, Making] | None = None,
    new: bool = False,
) -> list[Field[Any]]:
    """The fields of a form, filled with what an entity is now.

    Args:
        fields: As they are declared beside the entity; those without a label are left out, and
            those of which nothing can be chosen or made.
        value: The entity, or what gives its fields by their names.
        zone: Time zone in which instants are typed.
        nothing: No money in the currency of amounts.
        hints: Sentences in the place of declared ones.
        makings: How more of what can be chosen is made, by the names of the fields.
        new: Whether the entity is not there yet, so that its amounts are still to be typed.
    """
    offers, hints, makings, made = offers or {}, hints or {}, makings or {}, list[Field[Any]]()
    for one in fields:
        words = [
            (key, str(each) if isinstance(each, Message) else translated(each))
            for key, each in one.choices.items()
        ]
        offered = list(offers.get(one.name, words))
        making = makings.get(one.name)
        chosen = one.kind in (Kind.ONE, Kind.SEVERAL)
        if not one.label or (chosen and not offered and making is None):
            continue
        hint = hints.get(one.name, "") or translated(one.hint)
        now = value(one.name) if callable(value) else getattr(value, one.name)
        unset = one.kind in (Kind.SHARE, Kind.MINOR) and now == one.empty
        shown = None if unset or (new and one.kind is Kind.MONEY) else now
        made.append(_field(one, shown, hint, offered, making=making, zone=zone, like=nothing))
    return made


def _field(
    one: declared.Field,
    value: Any,
    hint: str,
    offered: list[tuple[Any, str]],
    *,
    making: Making | None,
    zone: str,
    like: Money,
) -> Field[Any]:
    label = translated(one.label)
    said: dict[str, Any] = {"help": hint, "required": one.needed}
    length: dict[str, Any] = {} if one.most is None else {"max_length": one.most}
    match one.kind:
        case Kind.LINE if offered:
            return ChoiceField(one.name, label, offered, value=value, help=hint)
        case Kind.LINE:
            check = one.clean if one.check is not None else None
            hidden = one.secret
            return TextField(
                one.name, label, value=value, check=check, password=hidden, **length, **said
            )
        case Kind.PAGE:
            height = one.lines
            return NoteField(one.name, label, value=value, height=height, **length, **said)
        case Kind.NUMBER:
            most = MAX_PEOPLE if one.most is None else one.most
            limits: dict[str, Any] = {"least": one.least, "most": most}
            return NumberField(one.name, label, value=value, **limits, **said)
        case Kind.MONEY | Kind.MINOR:
            minor = value.minor if isinstance(value, Money) else value
            unit: dict[str, Any] = {"currency": like.currency, "exponent": like.exponent}
            return MoneyField(one.name, label, value=minor, **unit, **said)
        case Kind.SHARE:
            return PercentField(one.name, label, value=value, **said)
        case Kind.YES:
            return YesNoField(one.name, label, value=value, help=hint)
        case Kind.MOMENT:
            return MomentField(one.name, label, value=value, zone=zone, after=one.after, **said)
        case Kind.ONE:
            choices = [(None, translated(one.none)), *offered] if one.none else offered
            return ChoiceField(one.name, label, choices, value=value, making=making, help=hint)
        case Kind.SEVERAL:
            several = tuple(value or ())
            return SeveralField(one.name, label, offered, value=several, making=making, help=hint)
