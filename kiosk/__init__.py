"""Camera to sightings: frames, decoders, the same code once. Knows no screen and no database."""
