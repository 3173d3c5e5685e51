"""What all rooms share and nothing below it: errors, ids, clock, money, text."""
