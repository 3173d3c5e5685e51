"""Badge layouts, deliveries and printers."""
