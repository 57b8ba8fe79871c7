"""The window around the pages: rail, header, menus, cards over it."""
