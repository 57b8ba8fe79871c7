"""Whether a run's answers stay where a text is changed in a way that should not matter: how robust it is, and whether
it answers otherwise where a text speaks of a woman in place of a man.

Invariance tests, as Ribeiro et al. (2020, https://aclanthology.org/2020.acl-main.442) call them; the added sentence as
the stress tests of Naik et al. (2018, https://aclanthology.org/C18-1198).
"""
