"""Each figure that the README quotes, as a command."""

import os

# Every figure is for one core. These are read when numpy and numba are imported, so before.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
