"""Models that write: encoder-decoders, decoders with LoRA, and an encoder that learns to write; and their learner."""
