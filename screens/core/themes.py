"""Themes: dark, light and high contrast; stylesheets use their colours only."""

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="eventdesk-dark",
    dark=True,
    primary="#7CA7FF",
    secondary="#8A93A6",
    accent="#7CA7FF",
    foreground="#E6E9F0",
    background="#101318",
    surface="#171B22",
    panel="#222833",
    success="#4CC38A",
    warning="#F2B84B",
    error="#F67F84",
    variables={
        "good-background": "#136B45",
        "good-foreground": "#FFFFFF",
        "care-background": "#8A5A00",
        "care-foreground": "#FFFFFF",
        "stop-background": "#9B2429",
        "stop-foreground": "#FFFFFF",
        "faint": "#98A1B4",
        "line": "#333B49",
        "scrollbar": "#333B49",
        "scrollbar-hover": "#333B49",
        "scrollbar-active": "#333B49",
        "scrollbar-background": "#101318",
        "scrollbar-background-hover": "#101318",
        "scrollbar-background-active": "#101318",
        "input-cursor-background": "#7CA7FF",
        "input-cursor-foreground": "#101318",
        "input-selection-background": "#2C416E",
        "block-cursor-background": "#202B42",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold",
        "footer-background": "#171B22",
        "footer-key-foreground": "#7CA7FF",
        "footer-description-foreground": "#A9B1C2",
    },
)

LIGHT: Final = Theme(
    name="eventdesk-light",
    dark=False,
    primary="#2457C5",
    secondary="#5B6473",
    accent="#2457C5",
    foreground="#171B22",
    background="#F6F7F9",
    surface="#FFFFFF",
    panel="#E8EBF0",
    success="#12704A",
    warning="#8A5A00",
    error="#B3262B",
    variables={
        "good-background": "#D5F2E3",
        "good-foreground": "#0A4A30",
        "care-background": "#FFE9BF",
        "care-foreground": "#5C3B00",
        "stop-background": "#FBD9DA",
        "stop-foreground": "#7D1418",
        "faint": "#5B6473",
        "line": "#C9CFD9",
        "scrollbar": "#C9CFD9",
        "scrollbar-hover": "#C9CFD9",
        "scrollbar-active": "#C9CFD9",
        "scrollbar-background": "#F6F7F9",
        "scrollbar-background-hover": "#F6F7F9",
        "scrollbar-background-active": "#F6F7F9",
        "input-cursor-background": "#2457C5",
        "input-cursor-foreground": "#FFFFFF",
        "input-selection-background": "#BFD2F7",
        "block-cursor-background": "#DCE6FB",
        "block-cursor-foreground": "#171B22",
        "block-cursor-text-style": "bold",
        "footer-background": "#FFFFFF",
        "footer-key-foreground": "#2457C5",
        "footer-description-foreground": "#4A5260",
    },
)

CONTRAST: Final = Theme(
    name="eventdesk-contrast",
    dark=True,
    primary="#FFFF00",
    secondary="#FFFFFF",
    accent="#FFFF00",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#000000",
    success="#00FF66",
    warning="#FFD500",
    error="#FF9A9A",
    text_alpha=1.0,
    variables={
        "good-background": "#00FF66",
        "good-foreground": "#000000",
        "care-background": "#FFD500",
        "care-foreground": "#000000",
        "stop-background": "#FFFFFF",
        "stop-foreground": "#B00000",
        "faint": "#FFFFFF",
        "line": "#FFFFFF",
        "scrollbar": "#FFFFFF",
        "scrollbar-hover": "#FFFFFF",
        "scrollbar-active": "#FFFFFF",
        "scrollbar-background": "#000000",
        "scrollbar-background-hover": "#000000",
        "scrollbar-background-active": "#000000",
        "input-cursor-background": "#FFFF00",
        "input-cursor-foreground": "#000000",
        "input-selection-background": "#0000B0",
        "block-cursor-background": "#000080",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold underline",  # NO_COLOR leaves little of the blue
        "footer-background": "#000000",
        "footer-key-foreground": "#FFFF00",
        "footer-description-foreground": "#FFFFFF",
    },
)

THEMES: Final = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}
"""By the name settings spell them; `F2` goes through them in this order."""


def next_theme(current: str) -> str:
    """Return the name of the theme after `current`; the first after an unknown one.

    >>> next_theme("eventdesk-contrast")
    'eventdesk-dark'
    """
    names = [theme.name for theme in THEMES.values()]
    place = names.index(current) if current in names else -1
    return names[(place + 1) % len(names)]
