"""Models that write: encoder-decoders, decoders, and an encoder that learns to write; and their learner."""
