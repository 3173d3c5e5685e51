"""What makes the tests quick without making them say less.

Nothing here changes what a rule, a screen or a statement does: secrets are hashed with less work,
statements compiled for one store are run in the next one, the tables of a new store are copied,
and the garbage collector looks less often. A test that is about one of these, such as that hashes
are as expensive as OWASP advises, asks for the real thing by a fixture.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from sqlalchemy import Compiled, Dialect, Engine
from sqlalchemy.util import LRUCache

from data import open_file, store
from data.migrate import migrate
from data.sqlite.engine import make_engine
from eventdesk.accounts import credential
from eventdesk.exchange.archive import package

YOUNG = 100_000
"""Objects made before the collector looks at the newest; an app of a test has some 50,000."""


DEAR = [(module, module.PASSES, module.MEMORY_KIB) for module in (credential, package)]
"""What the program's hashes cost."""


def hash_cheaply() -> None:
    """Hash secrets with the least work that Argon2 does: 0.1 ms instead of 30."""
    for module, _passes, _memory_kib in DEAR:
        _set_cost(module, 1, 8 * module.LANES)


@contextmanager
def hashing_as_ever() -> Iterator[None]:
    """Hash as expensively as the program does."""
    for module, passes, memory_kib in DEAR:
        _set_cost(module, passes, memory_kib)
    yield
    hash_cheaply()


def _set_cost(module: ModuleType, passes: int, memory_kib: int) -> None:
    vars(module).update(PASSES=passes, MEMORY_KIB=memory_kib)
    credential._hasher.cache_clear()


def share_statements() -> None:
    """Compile each statement once for all stores of this process.

    SQLAlchemy keeps what it compiled by engine and dialect, and each test has a new store.
    """
    compiled: LRUCache[Any, Compiled] = LRUCache(4000)

    @cache
    def dialect() -> Dialect:
        engine = make_engine(Path(":memory:"))
        engine.connect().close()  # it asks the driver what it can
        engine.dispose()
        return engine.dialect

    def sharing(path: Path) -> Engine:
        engine = make_engine(path)
        engine.dialect = engine.pool._dialect = dialect()
        engine._compiled_cache = compiled
        return engine

    vars(open_file).update(make_engine=sharing)


def migrate_once() -> None:
    """Run the migrations for the first empty store of this process, and copy its file for others.

    Making all tables takes half a second. Files of older programs are migrated as ever.
    """

    @cache
    def migrated() -> bytes:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "empty.db"
            migrate(path)
            return path.read_bytes()

    def copying(path: Path) -> None:
        if path.stat().st_size:
            migrate(path)
        else:
            path.write_bytes(migrated())

    vars(store).update(migrate=copying)


def collect_seldom() -> None:
    """Leave what is loaded alone, and look for garbage once in some tests, not in each.

    The tests themselves are half a million objects that stay, and an app is garbage all at once.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 5, 5)
