"""The inner loops, compiled by numba at their first use and kept on disk."""
