"""The figures of the main job: start-up, click to first point, throughput, accuracy."""
