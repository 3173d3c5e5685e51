"""Sessions, speakers and sponsors."""
