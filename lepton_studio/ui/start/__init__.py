"""The first page, while no project is open."""
