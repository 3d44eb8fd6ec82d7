"""Fits and predictions of MBG/NBD and BG/NBD through SQL, against lifetimes 0.11.3 (pip install lifetimes 'pandas<3'), in one run.

CDNOW is the published sample (2,357 customers, weeks); the million are simulated with numpy from the published BG/NBD parameters.
"""

import pathlib
import statistics
import tempfile
import time
import warnings

import duckdb
import numpy as np
import pandas
import psycopg
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter

from common import ROOT, server

warnings.filterwarnings("ignore")
MILLION = 1_000_000


def simulated():
    """Customers of a BG/NBD world, in days, aged 190 to 400 days: frequency, recency, age."""
    random = np.random.default_rng(20050101)
    age = np.floor(random.uniform(190, 400, MILLION))
    rate = random.gamma(0.243, 1 / (4.414 * 7), MILLION)
    dropout = random.beta(0.793, 2.426, MILLION)
    frequency, recency, now, alive = np.zeros(MILLION), np.zeros(MILLION), np.zeros(MILLION), np.ones(MILLION, bool)
    while alive.any():
        now = now + random.exponential(1, MILLION) / np.maximum(rate, 1e-300)
        alive &= now < age
        frequency[alive] += 1
        recency[alive] = np.ceil(now[alive])
        alive &= random.uniform(size=MILLION) >= dropout
    return frequency, recency, age


def seconds(job, runs=3):
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        job()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


with tempfile.TemporaryDirectory() as folder:
    lake = pathlib.Path(folder) / "lake"
    lake.mkdir()
    duck = duckdb.connect()
    duck.execute(f"""COPY (SELECT CAST(frequency AS INTEGER) AS frequency, recency_days / 7.0 AS recency, age_days / 7.0 AS age
                           FROM '{ROOT}/udfs/src/models/published/cdnow_calibration.csv', range(customers)) TO '{lake}/cdnow.parquet'""")
    frequency, recency, age = simulated()
    rows = {"frequency": frequency.astype(int), "recency": recency, "age": age}
    duck.register("million", pandas.DataFrame(rows))
    duck.execute(f"COPY (SELECT * FROM million) TO '{lake}/million.parquet'")
    sample = duck.execute(f"SELECT frequency, recency, age FROM '{lake}/cdnow.parquet'").fetchnumpy()
    sets = {"cdnow": tuple(sample[k] for k in ("frequency", "recency", "age")), "million": (frequency, recency, age)}
    with server(lake), psycopg.connect("host=127.0.0.1 port=5599 dbname=cilake user=bench", autocommit=True) as connection:
        for model, fitter in (("mbgnbd", ModifiedBetaGeoFitter()), ("bgnbd", BetaGeoFitter())):
            for table, columns in sets.items():
                fit = f"SELECT (m).status, (m).r FROM (SELECT {model}_fit(frequency, recency, age) AS m FROM {table}) AS f"
                assert connection.execute(fit).fetchone()[0] == "converged"
                ours = seconds(lambda: connection.execute(fit).fetchall())
                theirs = seconds(lambda: fitter.fit(*columns), 1)
                print(f"{model}_fit, {table}: {ours * 1000:.1f} ms; lifetimes {theirs * 1000:.0f} ms; {theirs / ours:.0f} ×", flush=True)
            alive = f"""SELECT sum(p_alive(m, frequency, recency, age))
                        FROM million, (SELECT {model}_fit(frequency, recency, age) AS m FROM million) AS f"""
            ours = seconds(lambda: connection.execute(alive).fetchall())
            theirs = seconds(lambda: fitter.conditional_probability_alive(*sets["million"]), 1)
            print(f"{model}, fit and p_alive, million: {ours * 1000:.0f} ms; lifetimes p_alive alone {theirs * 1000:.0f} ms", flush=True)
