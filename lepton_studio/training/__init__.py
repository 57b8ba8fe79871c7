"""The tuning loop and what it needs: learners' contract, encoders, batches, inference. Torch, no Qt."""
