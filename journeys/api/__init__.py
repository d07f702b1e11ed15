"""The API of this room: shape in, one service call, shape out."""
