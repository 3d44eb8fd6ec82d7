"""The job of the bench `fit`, done by lifetimes 0.11.3 (pip install lifetimes 'pandas<3').

FIT_BENCH_CSV=/tmp/customers.csv cargo bench --bench fit && python benches/peers/lifetimes_fit.py /tmp/customers.csv
"""

import sys
import time
import warnings

import numpy as np
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter

warnings.filterwarnings("ignore")
frequency, recency, age = np.loadtxt(sys.argv[1], delimiter=",").T


def timed(name, job):
    start = time.perf_counter()
    job()
    print(f"{name}: {time.perf_counter() - start:.3f} s", flush=True)


for name, fitter in (("bgnbd", BetaGeoFitter()), ("mbgnbd", ModifiedBetaGeoFitter())):
    timed(f"{name}_fit", lambda: fitter.fit(frequency, recency, age))
    print({k: float(v) for k, v in fitter.params_.items()})
    timed(f"{name}, p_alive", lambda: fitter.conditional_probability_alive(frequency, recency, age))
    expected = fitter.conditional_expected_number_of_purchases_up_to_time
    timed(f"{name}, expected_purchases", lambda: expected(90.0, frequency, recency, age))
