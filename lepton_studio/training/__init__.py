"""The child process: models, the tuning loop, prediction. No Qt."""
