"""The benchmark: speed is measured here, never in a timed test. Runs on a scratch database of either kind."""
