"""The figures of the processes that compute: what they take side by side."""
