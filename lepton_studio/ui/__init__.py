"""The window: session, pages, main window."""
