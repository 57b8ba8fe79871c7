"""The instant model: learns while a person labels, in the live child, and says of every sample what it may be.

`Work` keeps it up to date with the project, `InstantModel` is what it says. A task has one where `Task.linear` says
what one linear layer gives of a whole text. See docs/decisions/0035-the-instant-model.md.
"""
