"""Questions a screen asks before it goes on."""
