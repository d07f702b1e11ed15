"""Panels, actions and tiles of this room, one file a noun; plugs.py registers them all."""
