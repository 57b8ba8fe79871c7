"""What several pages need: the session, background work, errors, words."""
