"""Figures of labelling: how soon and how well the product helps the person who labels."""
