"""The invented school: import tables of any size for the demo and the benchmark, and the demo's own meeting."""
