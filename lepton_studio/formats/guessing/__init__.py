"""How a file is to be read: its format, the roles of its columns, and what must be asked."""
