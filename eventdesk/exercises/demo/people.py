"""A believable crowd, the same for the same seed."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, Literal, Self, TypeVar, cast

from eventdesk.core.folding import fold
from eventdesk.exercises.demo.agenda import TICKET_TYPES

_NAMES = """Analytical Ångström Aurora Babylon Basalt Beacon Birch Blue_Heron Borealis Cedar Citadel
Cobalt Copper Coral Delta Ember Falcon Fjord Foxglove Gaia Granite Halcyon Harbour Helix Horizon
Indigo Ivory Juniper Kestrel Kiwi Lantern Larkspur Lumen Magnolia Meridian Métropole Monsoon Nimbus
Nordlicht Northwind Nova Océan Old_Mill Orchard Osprey Papaya Pelican Polaris Quartz Redwood
Río_Verde Saffron Sakura Savanna Señal Sierra Silver_Birch Solstice Sternwarte Sundial Tamarind
Tidewater Umbra Vega Violet Wadi Willow Yıldız Zenith Żagle"""

_KINDS = """Engines Systems Software Robotics Foods Textiles Logistics Energy Studios Press Games
Instruments Bank Insurance Railways Airlines Clinics Pharma Optics Architects Consulting Museum
Foundation Broadcasting Networks Printing_Works Ceramics Shipping Farms &_Daughters &_Sons Group
GmbH AB S.A. Sp._z_o.o. Ltd Cooperative Labs"""

_PLACES = """Ankara Bergen Bologna Cape_Town Chiang_Mai Coimbra Da_Nang Galway Ghent Gothenburg
Hyderabad Ibadan Isfahan Kyoto Kraków Leeds Ljubljana Lyon Malmö Mérida Nairobi Oulu Porto Pune
Rabat Reykjavík Riga São_Paulo Suzhou Tbilisi Thessaloniki Valparaíso Zürich Łódź"""

ORGANIZATIONS = tuple(
    f"{name} {kind}".replace("_", " ") for name in _NAMES.split() for kind in _KINDS.split()
)
UNIVERSITIES = tuple(
    f"{kind} {place}".replace("_", " ")
    for place in _PLACES.split()
    for kind in ("University of", "Polytechnic", "Academy of Arts")
)
TITLES = (
    *("Engineer", "Developer", "Designer", "Product Manager", "Researcher", "Analyst", "Editor"),
    *("Founder", "Head of Research", "Technical Writer", "Data Scientist", "Architect", "Teacher"),
    *("Systems Administrator", "Project Lead", "Consultant", "Librarian", "Accountant", "Buyer"),
    *("Chief Technology Officer", "Managing Director", "Sales Manager", "Test Engineer", "Nurse"),
    *("Art Director", "Translator", "Journalist", "Physicist", "Procurement", "Quality Manager"),
)
CREW_TASKS = (
    *("Registration", "Cloakroom", "Stage", "Sound", "Camera", "Catering", "Hall A", "Hall B"),
    *("First Aid", "Network", "Information", "Children's Room"),
)


TicketTypeHint = Literal["regular", "student", "vip", "speaker", "crew"]

Choice = TypeVar("Choice")
Chance = Callable[[], float]
"""Gives the next number from 0 up to 1."""

DOMAINS: Final = ("example.org", "example.com", "example.net")

COMPOSED_SHARE = 0.4
MIDDLE_NAME_SHARE = 0.08
DOUBLE_NAME_SHARE = 0.04
ALONE_SHARE = 0.07


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who comes to the demo event."""

    name: str
    """Full name as they write it, in their own script."""

    email: str
    """Theirs alone; under a domain that RFC 2606 keeps for examples."""

    organization: str
    """May be empty."""

    line_two: str
    """What a badge shows under the name; may be empty."""

    ticket_type_hint: TicketTypeHint
    """The key of a ticket type in `programme.TICKET_TYPES`."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name, or a part of one, as written and as it stands in an e-mail address."""

    written: str
    latin: str

    def joined(self, joint: str, other: "Spelling") -> "Spelling":
        """The two names as one."""
        return Spelling(f"{self.written}{joint}{other.written}", self.latin + other.latin)


@dataclass(frozen=True, slots=True)
class Tongue:
    """The names of one language, as `names.toml` has them.

    Attributes:
        share: How many people of a crowd have such names, in proportion to the other tongues.
        family_names: How many family names most people have.
        joint: What stands between the given and the family name.
    """

    share: int
    given: tuple[Spelling, ...]
    family: tuple[Spelling, ...]
    stems: tuple[Spelling, ...] = ()
    endings: tuple[Spelling, ...] = ()
    family_names: int = 1
    family_first: bool = False
    joint: str = " "

    @classmethod
    def read(cls, table: dict[str, Any]) -> Self:
        """Read a table of the file: names in one string, with a space between."""
        lists = ("given", "family", "stems", "endings")
        names = {key: tuple(map(_spelling, table.get(key, "").split())) for key in lists}
        return cls(**table | names)


def people(count: int, seed: int) -> Iterator[Person]:
    """Invent people, one after the other; a longer crowd begins with the shorter one.

    Names come from some thirty languages, many in their own diacritics and some in their own
    script, and repeat as they do in life. E-mail addresses never repeat.
    """
    chance = Random(seed).random
    tongues, hints = _tongues(), _hints()
    taken: dict[str, int] = {}
    for _ in range(count):
        name, email_name = _name(_any(tongues, chance), chance)
        before = taken.get(email_name, 0)
        taken[email_name] = before + 1
        email = f"{email_name}{before + 1 if before else ''}@{_any(DOMAINS, chance)}"
        hint = _any(hints, chance)
        yield Person(name, email, *_occupation(hint, chance), hint)


def _name(tongue: Tongue, chance: Chance) -> tuple[str, str]:
    """A full name, and what stands before the @ of its owner's e-mail address."""
    first = given = _frequent(tongue.given, chance)
    if tongue.joint and chance() < MIDDLE_NAME_SHARE:
        given = first.joined(" ", _frequent(tongue.given, chance))
    family = _family(tongue, chance)
    if tongue.family_names > 1:
        family = family.joined(" ", _family(tongue, chance))
    elif tongue.joint and chance() < DOUBLE_NAME_SHARE:
        family = family.joined("-", _family(tongue, chance))
    front, back = (family, given) if tongue.family_first else (given, family)
    initial_only = chance() < 0.25
    email_name = f"{first.latin[0] if initial_only else first.latin}.{family.latin}"
    return f"{front.written}{tongue.joint}{back.written}", email_name


def _family(tongue: Tongue, chance: Chance) -> Spelling:
    """A common family name, or one built of parts."""
    if tongue.stems and chance() < COMPOSED_SHARE:
        return _any(tongue.stems, chance).joined("", _any(tongue.endings, chance))
    return _frequent(tongue.family, chance)


def _occupation(hint: TicketTypeHint, chance: Chance) -> tuple[str, str]:
    """An organization, and a line that says what somebody with such a ticket does there."""
    if hint == "crew":
        return "", f"Crew, {_any(CREW_TASKS, chance)}"
    if hint == "student":
        university = _any(UNIVERSITIES, chance)
        return university, f"Student, {university}"
    if chance() < ALONE_SHARE:
        return "", "" if chance() < 0.5 else _any(TITLES, chance)
    organization = _any(ORGANIZATIONS, chance)
    return organization, f"{_any(TITLES, chance)}, {organization}"


def _any(choices: Sequence[Choice], chance: Chance) -> Choice:
    """Each as likely as the others."""
    return choices[int(chance() * len(choices))]


def _frequent(choices: Sequence[Choice], chance: Chance) -> Choice:
    """The first ones most likely, as frequent names stand first."""
    return choices[int(chance() ** 2 * len(choices))]


@cache
def _tongues() -> tuple[Tongue, ...]:
    """Each tongue, as many times as its share says."""
    tables = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
    tongues = map(Tongue.read, tables.values())
    return tuple(each for tongue in tongues for each in [tongue] * tongue.share)


def _spelling(name: str) -> Spelling:
    written, _, latin = name.replace("_", " ").partition(":")
    return Spelling(written, fold(latin or written).replace(" ", ""))


@cache
def _hints() -> tuple[TicketTypeHint, ...]:
    """A hundred guests by ticket type."""
    return tuple(
        cast(TicketTypeHint, plan.key) for plan in TICKET_TYPES for _ in range(plan.share_percent)
    )
