"""Hostile callers, files and model servers against the running product: `make attack`."""
