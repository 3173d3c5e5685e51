"""What every screen stands on: frame, parts, errors, tools and looks."""
