"""Why a tuned model says of a whole text what it says: which words speak for a label, and which against it."""
