"""What each verb of the command line does: a function from parsed options to an `Answer`. No Qt, no torch."""
