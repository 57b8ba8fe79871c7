"""The tests; a package so that `python -m tests.benchmarks` finds its group folders."""
