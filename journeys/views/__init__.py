"""Pages of this room: read the request, call one service or selector, render."""
