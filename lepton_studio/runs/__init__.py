"""Between the window and the child: events, jobs, run folders, outcomes, processes."""
