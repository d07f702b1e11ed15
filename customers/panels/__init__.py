"""What this room shows on the customer page and the start page: one file a noun, registered by plugs."""
