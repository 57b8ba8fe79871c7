"""How far people agree who labelled the same samples."""
