"""What desk and kiosk share at the door: where they stand, a check-in, its answer, a plan."""
