"""What a large project costs."""
