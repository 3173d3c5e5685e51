"""Backups as an older eventdesk made them: files that are not packed."""

from pathlib import Path

from data import packed


def plain(path: Path) -> Path:
    """Unpack a backup in its folder, under the name it would have had; the packed one goes."""
    target = path.with_suffix("")
    packed.unpack(path, target)
    path.unlink()
    return target
