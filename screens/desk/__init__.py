"""The desk: staff with a queue in front of them, and one input that takes anything."""
