"""Writes of this room. Each public function is one transaction."""
