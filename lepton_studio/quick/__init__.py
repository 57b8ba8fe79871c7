"""Models that are fitted in seconds: word statistics, alone or beside an encoder's vectors, under one linear layer.

Functions on frozen values and arrays, without torch: the child fits runs with them, and whoever has texts, vectors and
labels at hand can fit anew after each decision. See docs/decisions/0031-run-0-and-the-quick-model.md.
"""
