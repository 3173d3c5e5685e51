"""The SQLite library in use."""

import importlib
from types import ModuleType


def _load() -> ModuleType:
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:  # no wheel for this machine; `eventdesk doctor` says what that means
        return importlib.import_module("sqlite3")


driver = _load()
"""The DB-API module in use: pysqlite3, which brings its own SQLite, else Python's."""
