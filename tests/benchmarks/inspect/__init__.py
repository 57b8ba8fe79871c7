"""Looking inside: whether a run is as often right as it says, and where it is worse than elsewhere."""
