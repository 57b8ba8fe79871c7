"""Qt pieces that know nothing of projects."""
