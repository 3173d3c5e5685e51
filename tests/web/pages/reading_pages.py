"""Pages as a browser reads them: elements, forms and texts, and what each page owes its reader."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

EMPTY = {"input", "link", "meta", "br", "img", "hr"}
"""Elements without an end."""


@dataclass
class Element:
    """One element.

    Attributes:
        text: All that stands in it, in a row.
    """

    name: str
    attributes: dict[str, str]
    text: str = ""
    within: tuple[str, ...] = ()


@dataclass
class Form:
    """A form and the values it would send as it stands."""

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """A page, read strictly: what is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self._open: list[Element] = []
        assert text.startswith("<!DOCTYPE html>")
        self.feed(text)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"{tag}: an attribute twice"
        attributes = {name: value or "" for name, value in attrs}
        within = tuple(each.name for each in self._open)
        element = Element(tag, attributes, within=within)
        self.elements.append(element)
        if tag == "form":
            self.forms.append(Form(attributes["method"], attributes["action"]))
        if tag in ("input", "select"):
            assert "form" in within
        if tag == "input" and (attributes.get("type") != "checkbox" or "checked" in attributes):
            self.forms[-1].values[attributes["name"]] = attributes.get("value", "")
        if tag == "option" and self._is_chosen(attributes):
            [*_, choice] = [each for each in self._open if each.name == "select"]
            self.forms[-1].values[choice.attributes["name"]] = attributes["value"]
        if tag not in EMPTY:
            self._open.append(element)

    def _is_chosen(self, option: dict[str, str]) -> bool:
        """Whether an option is chosen as the page stands: the first, or the one that says so."""
        [*_, choice] = [each for each in self._open if each.name == "select"]
        return "selected" in option or choice.attributes["name"] not in self.forms[-1].values

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> without its beginning"
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each.text += data

    def all(self, name: str) -> list[Element]:
        """The elements of a name."""
        return [each for each in self.elements if each.name == name]

    def one(self, name: str) -> Element:
        """The only element of a name."""
        [found] = self.all(name)
        return found

    def by_id(self, identity: str) -> Element:
        """The element with an id."""
        [found] = [each for each in self.elements if each.attributes.get("id") == identity]
        return found

    def form(self, action: str) -> Form:
        """The only form that goes somewhere."""
        [found] = [each for each in self.forms if each.action == action]
        return found

    def need_good(self, language: str) -> None:
        """Require what every page owes its reader."""
        assert self.one("html").attributes["lang"] == language
        assert self.one("title").text.strip()
        assert self.one("h1").text.strip()
        assert len(self.all("main")) == 1
        ids = [each.attributes["id"] for each in self.elements if "id" in each.attributes]
        assert len(ids) == len(set(ids))
        self._need_labels(set(ids))
        self._need_no_script()
        levels = [int(each.name[1]) for each in self.elements if each.name in ("h1", "h2", "h3")]
        assert all(after - before <= 1 for before, after in pairwise(levels))

    def _need_labels(self, ids: set[str]) -> None:
        labels = {each.attributes["for"]: each.text.strip() for each in self.all("label")}
        assert set(labels) <= ids
        for each in (*self.all("input"), *self.all("select")):
            if each.attributes.get("type") != "hidden":
                assert labels[each.attributes["id"]]
            named = each.attributes.get("aria-describedby", "").split()
            assert set(named) <= ids
            assert ("aria-invalid" in each.attributes) <= bool(named)
        for each in (*self.all("button"), *self.all("a")):
            assert each.text.strip()
        for each in self.all("nav"):
            assert each.attributes["aria-label"]

    def _need_no_script(self) -> None:
        assert not self.all("script")
        assert not self.all("style")
        for each in self.elements:
            names = set(each.attributes)
            assert "style" not in names
            assert not [name for name in names if name.startswith("on")]
