"""What other tools for annotating write and read."""
