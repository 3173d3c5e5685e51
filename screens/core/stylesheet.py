"""Stylesheet that parses each source once for a theme, and matches each kind of widget once."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from textual.app import App
from textual.cache import LRUCache
from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

MAX_SOURCES: Final = 1_000
"""Sources whose rules are kept: the styles of all widgets and screens, some times over."""

MAX_THEMES: Final = 6
"""Themes whose rules are kept: there and back again nothing is parsed twice."""

MAX_MATCHES: Final = 2_000
"""Kinds of widgets whose styles are kept: those of all screens, with and without the keyboard."""


class Matched(NamedTuple):
    """What the rules say of one kind of widget, and what they depend on besides."""

    rules: RulesMap
    has_hover_style: bool


class KeptStylesheet(Stylesheet):
    """A stylesheet that parses and matches what is new.

    Textual's own parses all sources again for each screen that brings a style, and at the start
    for the theme; and it goes through all rules for each widget and each part of one, though a
    form has ten lines that are alike.
    """

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = _parsed_with(variables)
        self._matched: LRUCache[tuple[Any, ...], Matched] = LRUCache(MAX_MATCHES)
        self._ids: frozenset[str] = frozenset()

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take other variables; what was parsed holds as long as they are the same."""
        if variables != self._variables:
            self._parse_cache = LRUCache(1)  # Textual empties the one that is there
            super().set_variables(variables)
            self._parse_cache = _parsed_with(variables)

    def parse(self) -> None:
        """Parse what was not parsed yet; other rules may match."""
        super().parse()
        self._matched.clear()
        self._ids = frozenset(_ids(self._rules))

    def reparse(self) -> None:
        """Parse what was not parsed with the present variables."""
        self.parse()

    def apply(
        self,
        node: DOMNode,
        *,
        animate: bool = False,
        cache: dict[tuple[Any, ...], RulesMap] | None = None,
    ) -> None:
        """Give a node its styles; nodes that no rule can tell apart are matched once.

        Textual does not offer for keeping what depends on a node's place among its siblings.
        """
        if self._require_parse:
            self.parse()
        kind = tuple(_seen_by_rules(each, self._ids) for each in node.css_path_nodes)
        known = self._matched.get(kind)
        if known is None:
            offered: dict[tuple[Any, ...], RulesMap] = {}
            super().apply(node, animate=animate, cache=offered)
            for rules in offered.values():
                self._matched[kind] = Matched(rules, node._has_hover_style)
            return
        node._has_hover_style = known.has_hover_style
        node._has_focus_within = node._has_order_style = node._has_odd_or_even = False
        self.replace_rules(node, known.rules, animate=animate)
        self._process_component_classes(node)


def _parsed_with(variables: Mapping[str, str]) -> LRUCache[tuple[Any, ...], Any]:
    """What was parsed with these variables, in any app of this process: rules are only read."""
    return _parsed(frozenset(variables.items()))


@lru_cache(MAX_THEMES)
def _parsed(_variables: frozenset[tuple[str, str]]) -> LRUCache[tuple[Any, ...], Any]:
    return LRUCache(MAX_SOURCES)


def _seen_by_rules(node: DOMNode, ids: frozenset[str]) -> tuple[Any, ...]:
    """All of a node that a selector may ask for, but its place and what is below it."""
    name = node._id if node._id in ids else None
    state: tuple[bool, ...] = ()
    if isinstance(node, Widget):
        state = (node.mouse_hover, node.has_focus, node.disabled, node.allow_focus())
    elif isinstance(node, App):
        state = (node.app_focus,)
    return type(node), name, frozenset(node._classes), state


def _ids(rules: Iterable[RuleSet]) -> Iterator[str]:
    """The ids that any selector names."""
    for rule in rules:
        for selectors in rule.selector_set:
            for selector in selectors.selectors:
                if selector.type is SelectorType.ID:
                    yield selector.name
