"""Value and churn: fits, scores and clv through SQL, against lifetimes 0.11.3 where it has the same (pip install lifetimes 'pandas<3'),
in one run on two threads.

usage: value.py [part …] of cdnow, fit, score, clv, growth; all of them by default. Customers are simulated with numpy from a seed.
"""

import os

os.environ.update({name: "2" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")})

import pathlib
import statistics
import sys
import tempfile
import time
import warnings

import duckdb
import numpy as np
import pandas
import psycopg
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter

from common import ROOT, Peak, alternate, server

warnings.filterwarnings("ignore")
PARTS = sys.argv[1:] or ["cdnow", "fit", "score", "clv", "growth"]
MILLION = 1_000_000
# lifetimes takes minutes for Pareto/NBD and a million: it gets so many of them, and its time is multiplied.
PARETO_SAMPLE = 20_000
HORIZON = 90
DAY_MICROS = 86_400_000_000
SUMMED = "count(*), sum(clv), sum(clv_low), sum(clv_high), sum(p_alive), sum(churn_prob), sum(expected_purchases)"


def repeats(random, parameters, ages, leaves_at_first):
    """Repeat purchases of a BG/NBD or MBG/NBD world: arrays of customers and of times since their first purchase, in turn."""
    r, alpha, a, b = parameters
    rate, dropout = random.gamma(r, 1 / alpha, len(ages)), random.beta(a, b, len(ages))
    now, who = np.zeros(len(ages)), np.arange(len(ages))
    if leaves_at_first:
        who = who[random.uniform(size=len(who)) >= dropout]
    while len(who):
        now[who] += random.exponential(1, len(who)) / np.maximum(rate[who], 1e-300)
        who = who[now[who] < ages[who]]
        yield who, now[who]
        who = who[random.uniform(size=len(who)) >= dropout[who]]


def histories(customers):
    """Customers as in the published BG/NBD model of CDNOW, in days, aged 190 to 400 days: frequency, recency, age."""
    random = np.random.default_rng(20050101)
    age = np.floor(random.uniform(190, 400, customers))
    frequency, recency = np.zeros(customers), np.zeros(customers)
    for who, now in repeats(random, (0.243, 4.414 * 7, 0.793, 2.426), age, False):
        frequency[who] += 1
        recency[who] = np.ceil(now)
    return frequency, recency, age


def write_orders(folder, customers, parameters):
    """Orders of an MBG/NBD world within two years as Parquet files of a million customers each, shuffled; gives their number."""
    folder.mkdir(parents=True)
    duck, orders = duckdb.connect(), 0
    for first in range(0, customers, MILLION):
        random = np.random.default_rng(20070101 + first)
        count = min(MILLION, customers - first)
        age = random.uniform(30, 730, count)
        found = [(np.arange(count), np.zeros(count)), *repeats(random, parameters, age, True)]
        who, after = np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])
        mixed = random.permutation(len(who))
        who, after = who[mixed], after[mixed]
        amount = random.gamma(4, 10, count)[who] * random.gamma(6, 1 / 6, len(who)) + 0.01
        micros = ((730 - age[who] + after) * DAY_MICROS).astype("int64").astype("timedelta64[us]")
        rows = {"customer_id": first + who, "ordered_at": np.datetime64("2023-01-01", "us") + micros, "total": np.round(amount, 2)}
        duck.register("rows", pandas.DataFrame(rows))
        duck.execute(f"""COPY (SELECT customer_id, ordered_at, CAST(total AS DECIMAL(12, 2)) AS total FROM rows)
                         TO '{folder}/part-{first // MILLION}.parquet' (FORMAT parquet, ROW_GROUP_SIZE 1000000)""")
        duck.unregister("rows")
        orders += len(who)
    return orders


def seconds(job, runs=5):
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        job()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def compare(name, ours, theirs, times=1):
    print(f"{name}: {ours * 1000:.1f} ms; lifetimes {theirs * times * 1000:.0f} ms; {theirs * times / ours:.0f} ×", flush=True)


def connect():
    return psycopg.connect("host=127.0.0.1 port=5599 dbname=cilake user=bench", autocommit=True)


def fit_of(model, table):
    return f"SELECT (m).status FROM (SELECT {model}_fit(frequency, recency, age) AS m FROM {table}) AS f"


def fits_and_scores(lake):
    lake.mkdir()
    duck = duckdb.connect()
    duck.execute(f"""COPY (SELECT CAST(frequency AS INTEGER) AS frequency, recency_days / 7.0 AS recency, age_days / 7.0 AS age
                           FROM '{ROOT}/udfs/src/models/published/cdnow_calibration.csv', range(customers)) TO '{lake}/cdnow.parquet'""")
    sample = duck.execute(f"SELECT frequency, recency, age FROM '{lake}/cdnow.parquet'").fetchnumpy()
    cdnow = tuple(sample[name] for name in ("frequency", "recency", "age"))
    million = histories(MILLION)
    duck.register("million", pandas.DataFrame(dict(zip(("frequency", "recency", "age"), (million[0].astype(int), *million[1:])))))
    duck.execute(f"COPY (SELECT * FROM million) TO '{lake}/million.parquet'")
    fitters = {"bgnbd": BetaGeoFitter, "mbgnbd": ModifiedBetaGeoFitter, "pareto_nbd": ParetoNBDFitter}
    with server(lake), connect() as connection:

        def run(statement):
            return connection.execute(statement).fetchall()

        for model, fitter in fitters.items():
            for part, table, columns in (("cdnow", "cdnow", cdnow), ("fit", "million", million)):
                if part not in PARTS:
                    continue
                assert run(fit_of(model, table)) == [("converged",)]
                ours = seconds(lambda: run(fit_of(model, table)), 5 if part == "cdnow" else 3)
                size = len(columns[0])
                taken = min(size, PARETO_SAMPLE) if model == "pareto_nbd" else size
                name = f"{model}_fit, {table}" + (f" (lifetimes: {taken:,} of them, its time × {size // taken})" if taken < size else "")
                theirs = seconds(lambda: fitter().fit(*(column[:taken] for column in columns)), 3 if part == "cdnow" else 1)
                compare(name, ours, theirs, size // taken)
        if "score" in PARTS:
            for model in ("bgnbd", "mbgnbd"):
                fitter = fitters[model]().fit(*cdnow)
                r, alpha, a, b = (fitter.params_[name] for name in ("r", "alpha", "a", "b"))
                struct = f"named_struct('model', '{model}', 'r', {r}, 'alpha', {alpha * 7}, 'a', {a}, 'b', {b})"
                fitter.params_["alpha"] = alpha * 7
                jobs = {
                    "p_alive": (f"p_alive({struct}, frequency, recency, age)", lambda: fitter.conditional_probability_alive(*million)),
                    "expected_purchases": (
                        f"expected_purchases({struct}, frequency, recency, age, {HORIZON})",
                        lambda: fitter.conditional_expected_number_of_purchases_up_to_time(HORIZON, *million),
                    ),
                }
                for name, (ours, theirs) in jobs.items():
                    statement = f"SELECT sum({ours}) FROM million"
                    difference = float(run(statement)[0][0]) / float(np.sum(theirs())) - 1
                    compare(f"{name}, {model}, million (sums differ by {difference:.0e})", seconds(lambda: run(statement)), seconds(theirs, 3))


GROUP_BY = """SELECT count(*) FROM (SELECT customer_id, count(*) AS n, sum(total) AS t, min(ordered_at) AS f, max(ordered_at) AS l
              FROM sales.orders GROUP BY customer_id) AS g WHERE n > 0 AND t > 0 AND f <= l"""
OPTIONS = "sales.orders, customer => 'customer_id', at => 'ordered_at', amount => 'total'"


def clv_beside_group_by(lake):
    customers = 750_000
    orders = write_orders(lake / "sales" / "orders", customers, (0.9, 16.0, 0.5, 9.0))
    with server(lake) as process, connect() as connection:

        def job(statement):
            return lambda: connection.execute(statement).fetchall()

        jobs = {
            "GROUP BY alone": job(GROUP_BY),
            "rfm_summary": job(f"SELECT count(*), sum(frequency), sum(recency), sum(age), sum(monetary) FROM rfm_summary({OPTIONS})"),
            "clv, model => 'mbgnbd'": job(f"SELECT {SUMMED} FROM clv({OPTIONS}, model => 'mbgnbd')"),
            "clv, model => 'auto'": job(f"SELECT {SUMMED} FROM clv({OPTIONS})"),
        }
        with Peak(process.pid) as peak:
            times = alternate(jobs, 3)
        print(f"{orders:,} orders, {customers:,} customers, peak {peak.mb:.0f} MB")
        for name, taken in times.items():
            print(f"{name:25} {taken:7.3f} s  {taken / times['GROUP BY alone']:5.2f} × the GROUP BY", flush=True)


def growth(folder):
    jobs = {
        "mbgnbd_fit": f"SELECT (m).status FROM (SELECT mbgnbd_fit(frequency, recency, age) AS m FROM rfm_summary({OPTIONS})) AS f",
        "clv": f"SELECT {SUMMED} FROM clv({OPTIONS}, model => 'mbgnbd')",
    }
    before = {}
    for customers in (100_000, MILLION, 10 * MILLION):
        lake = folder / str(customers)
        orders = write_orders(lake / "sales" / "orders", customers, (0.5, 60.0, 0.5, 2.0))
        for name, statement in jobs.items():
            # A new server for each: memory once used is not given back at once.
            with server(lake, memory="1GB") as process, connect() as connection, Peak(process.pid) as peak:
                taken = seconds(lambda: connection.execute(statement).fetchall(), 1 if customers > MILLION else 3)
            more = f", {taken / before[name]:.1f} × that of a tenth" if name in before else ""
            before[name] = taken
            print(f"{name}, {orders:,} orders, {customers:,} customers: {taken:.2f} s{more}, peak {peak.mb:.0f} MB", flush=True)


with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    if {"cdnow", "fit", "score"} & set(PARTS):
        fits_and_scores(folder / "models")
    if "clv" in PARTS:
        clv_beside_group_by(folder / "orders")
    if "growth" in PARTS:
        growth(folder)
