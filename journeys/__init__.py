"""What they did and felt: the one timeline, and everything that happened on it."""
