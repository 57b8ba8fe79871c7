"""The words and short phrases of the texts of a label, over all samples, and which of them are suspicious."""
