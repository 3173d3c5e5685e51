"""Going through the program by its own keys, screen after screen."""
