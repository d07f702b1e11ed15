"""What they ask us: tickets, replies, knowledge. Comes with the support issue."""
