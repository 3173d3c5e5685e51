"""Rooms of teams and SMS gateways, told through apprise, which runs in a child of its own."""
