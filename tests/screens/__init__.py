"""The screens: driven by a pilot, over a real store."""
