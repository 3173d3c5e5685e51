"""Figures as Markdown, each beside its goal."""

import math
from collections.abc import Iterable, Sequence


def print_table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table that docs/benchmarks.md can take as it is."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def at_most(figure: float, goal: float, unit: str) -> tuple[str, str, str]:
    """Return the figure, its goal and whether it was reached."""
    return f"{shown(figure)} {unit}", f"at most {goal:g} {unit}", _word(figure <= goal)


def at_least(figure: float, goal: float, unit: str) -> tuple[str, str, str]:
    """Return the figure, its goal and whether it was reached."""
    return f"{shown(figure)} {unit}", f"at least {goal:g} {unit}", _word(figure >= goal)


def shown(figure: float) -> str:
    """Write a figure with as many digits as mean something."""
    if math.isinf(figure):
        return "never"
    return f"{figure:.0f}" if figure >= 20 else f"{figure:.1f}"


def _word(reached: bool) -> str:
    return "reached" if reached else "**not reached**"
