"""What people see on every screen: nothing cut, nothing faint, no dead key, no missing glyph."""
