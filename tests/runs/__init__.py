"""Between the window and the child."""
