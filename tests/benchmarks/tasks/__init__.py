"""The figures of the tasks beside text classification."""
