"""What a team is told in its rooms: sales, printers and queues, each change once."""
