"""The shapes in which corpora are published: CoNLL and its kin, SQuAD, conversations, marked pairs."""
