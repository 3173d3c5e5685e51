"""The first three minutes: the screens, one after the other, with a card that points at things."""
