"""The parts of models that tasks share: heads on an encoder, and models that write. Torch, no Qt."""
