"""The manual: one source for the window (F1), the command line (`lepton-studio manual`) and the site (`dev.py manual`).

Its pages are Markdown in `resources/manual/LANGUAGE/NAME.md`; those of the reference are made from what the app itself
goes by.
"""
