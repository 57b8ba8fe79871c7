"""Datasets of the Hugging Face Hub: what one offers, its first rows, all of it. `asking` is the side of the window and
the command line, `child` the process in which `datasets` is imported; it imports no torch.
"""
