"""All children of this program: one owner, slots with priorities, a bound on how many there are and what they take."""
