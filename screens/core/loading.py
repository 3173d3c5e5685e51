"""Lazy import of screens and parts."""

from importlib import import_module
from typing import Any


def load(target: str) -> type[Any]:
    """Import a class by its `module:Class`."""
    module, _, name = target.partition(":")
    found = getattr(import_module(module), name)
    assert isinstance(found, type)
    return found
