"""Screens at the door: the choice of a place, check-ins and their answers, the planner."""
