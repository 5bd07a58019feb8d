"""Benchmarks: ours beside peers or a limit, in one run. ``make bench`` prints a table and writes build/bench.json."""
