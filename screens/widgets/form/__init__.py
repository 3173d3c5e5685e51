"""Forms: fields that check what is typed while it is typed, and never lose it."""

from screens.widgets.form.choices import ChoiceField, SeveralField, YesNoField
from screens.widgets.form.field import Field
from screens.widgets.form.form import Form
from screens.widgets.form.making import Making
from screens.widgets.form.moment_field import MomentField
from screens.widgets.form.typed_fields import (
    EmailField,
    MoneyField,
    NoteField,
    NumberField,
    PercentField,
    TextField,
)

__all__ = [
    "ChoiceField",
    "EmailField",
    "Field",
    "Form",
    "Making",
    "MomentField",
    "MoneyField",
    "NoteField",
    "NumberField",
    "PercentField",
    "SeveralField",
    "TextField",
    "YesNoField",
]
