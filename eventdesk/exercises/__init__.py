"""What plays a day: demo, film and rehearsal; the product never imports it."""
