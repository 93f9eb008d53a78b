"""Benchmarks: ratios between two programs in one run, CPU time, medians. `make bench` runs them all."""
