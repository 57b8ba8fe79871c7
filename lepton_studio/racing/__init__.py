"""Several ways to a model compared on folds of the same samples: who goes on, who is taken, and what can be told.
Arrays without torch.
"""
