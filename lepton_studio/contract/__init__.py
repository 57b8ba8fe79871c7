"""What a task is: its values and scores, its editor, and what tasks share. No Qt, no torch."""
