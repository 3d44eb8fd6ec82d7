"""Dashboards on many connections at once: 64 clients ask mixed questions of a demo lake for a minute. Shows for each question its p50,
p99 and longest time, errors, the server's memory, and what a thousand idle connections cost."""

import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import psycopg

from common import Peak, binary, own_mb, server
from protocol import Connection

CLIENTS = 64
SECONDS = float(os.environ.get("SECONDS_OF_LOAD", 60))
IDLE = 990
QUESTIONS = {
    "one": "SELECT 1",
    "customer": "SELECT * FROM shop.customers WHERE customer_id = 100500",
    "count": "SELECT count(*) FROM sales.orders",
    "months": "SELECT date_trunc('month', ordered_at) AS month, count(*), sum(total) FROM sales.orders GROUP BY 1 ORDER BY 1",
    "top": "SELECT customer_id, sum(total) AS revenue FROM sales.orders GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
    "join": """SELECT c.city, count(*) FROM sales.orders AS o JOIN shop.customers AS c ON c.customer_id = o.customer_id
               GROUP BY 1 ORDER BY 2 DESC LIMIT 10""",
    "segments": """SELECT segment, count(*) FROM rfm_score(sales.orders, customer => 'customer_id', at => 'ordered_at', amount => 'total')
                   GROUP BY 1""",
}


def client(seed, until, times, errors):
    choose = random.Random(seed)
    with psycopg.connect("host=127.0.0.1 port=5599 dbname=cilake user=bench", autocommit=True) as connection:
        while time.perf_counter() < until:
            name = choose.choice(list(QUESTIONS))
            started = time.perf_counter()
            try:
                connection.execute(QUESTIONS[name]).fetchall()
                times[name].append(time.perf_counter() - started)
            except psycopg.Error as error:
                errors.append(f"{name}: {error}")


def main():
    with tempfile.TemporaryDirectory() as name:
        lake = pathlib.Path(name) / "lake"
        subprocess.run([binary(), "demo", "--customers", "10000", "--lake", lake, "--port", "0", "--exit"], check=True, capture_output=True)
        with server(lake, memory="1GB") as process:
            times, errors = {name: [] for name in QUESTIONS}, []
            until = time.perf_counter() + SECONDS
            threads = [threading.Thread(target=client, args=(seed, until, times, errors)) for seed in range(CLIENTS)]
            with Peak(process.pid) as peak:
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            for name, seconds in times.items():
                p50, p99 = statistics.median(seconds), statistics.quantiles(seconds, n=100)[98]
                print(f"{name:10} {len(seconds):6} times  p50 {p50 * 1000:7.1f} ms  p99 {p99 * 1000:7.1f} ms = {p99 / p50:4.1f} ×  longest {max(seconds) * 1000:7.1f} ms")
            print(f"{len(errors)} errors {errors[:3]}; peak memory of its own {peak.mb:.0f} MB, limit of the queries 1000 MB")
        with server(lake) as process:
            before = own_mb(process.pid)
            idle = [Connection(5599) for _ in range(IDLE)]
            print(f"{IDLE} idle connections: {(own_mb(process.pid) - before) * 1024 / IDLE:.0f} KB each")
            for connection in idle:
                connection.socket.close()


if __name__ == "__main__":
    sys.exit(main())
