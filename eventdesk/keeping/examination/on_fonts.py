"""Which scripts can be printed on badges here."""

from collections.abc import Iterator
from typing import Final

from eventdesk.keeping.examination.finding import Finding, Patient, care, good

SCRIPTS: Final = {
    "Latin": "Łukasz Ångström",
    "Greek": "Ελένη",
    "Cyrillic": "Дмитрий",
    "Arabic": "محمد",
    "Hebrew": "שרה",
    "Devanagari": "अनिल",
    "Bengali": "রহমান",
    "Tamil": "தமிழ்",
    "Thai": "สมชาย",
    "Georgian": "გიორგი",
    "Armenian": "Արամ",
    "Chinese": "王小明",
    "Japanese": "さくら",
    "Korean": "김민준",
}
"""A name in each script that guests write theirs in."""


def look(patient: Patient) -> Iterator[Finding]:
    """Find a font for a name in each script."""
    from badges.fonts import system_faces

    faces = system_faces()
    missing = [name for name, text in SCRIPTS.items() if not _drawn(text, faces)]
    there = [name for name in SCRIPTS if name not in missing]
    if missing:
        yield care(
            "fonts",
            f"no font for {', '.join(missing)}: such names print as boxes",
            'Install them: pip install "eventdesk[cjk]", or the package fonts-noto.',
        )
    yield good("fonts", f"badges print {', '.join(there)}")


def _drawn(text: str, faces: tuple[object, ...]) -> bool:
    letters = "".join(text.split())
    return any(face.draws(letters) for face in faces if hasattr(face, "draws"))
