"""The bottom layer: what every room uses. Imports no app (held by tests/architecture)."""
