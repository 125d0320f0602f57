"""What benchmarks share: turns, rows, and the workloads they make."""
