"""A million rows of eight mixed columns over the wire, round trips, and start-up: cilake against PostgreSQL 15, in one run.

PostgreSQL runs as another user when this script runs as root. Rows are read by clients that only count them.
"""

import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import duckdb
import psycopg

from common import Peak, alternate, own_mb, server
from protocol import count

ROWS = 1_000_000
COLUMNS = """i AS id, i * 7919 AS reference, TIMESTAMP '2024-01-01' + to_seconds(i) AS at, i / 7.0 AS ratio, 'customer ' || i AS name,
             CAST(i / 100.0 AS DECIMAL(18, 2)) AS amount, DATE '2024-01-01' + CAST(i % 700 AS INTEGER) AS day, i % 3 = 0 AS flag"""
BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


def psycopg_binary(dsn, sql):
    with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor(binary=True) as cursor:
        cursor.execute(sql)
        assert len(cursor.fetchall()) == ROWS


def psycopg_copy(dsn, sql):
    with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT binary)") as copy:
            assert sum(len(block) for block in copy) > ROWS


def round_trips(dsn, sql, parameters=None, runs=2000):
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=0 if parameters else None) as connection:
        times = []
        for _ in range(runs):
            started = time.perf_counter()
            connection.execute(sql, parameters).fetchall()
            times.append(time.perf_counter() - started)
        return statistics.median(times[runs // 10:]) * 1000


def postgres(folder):
    data = folder / "pg"
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    data.mkdir()
    if user:
        shutil.chown(data, "postgres")
        os.chmod(folder, 0o755)
    run = lambda *command: subprocess.run([*user, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")
    run(BIN / "initdb", "-D", data, "-A", "trust", "-U", "postgres")
    run(BIN / "pg_ctl", "-D", data, "-w", "-o", f"-p 5598 -k {data} -c shared_buffers=512MB -c max_parallel_workers_per_gather=1", "-l", data / "log", "start")
    return lambda: run(BIN / "pg_ctl", "-D", data, "-m", "fast", "stop")


@contextlib.contextmanager
def both_sides():
    """The rows as a lake, and in a PostgreSQL that runs: the folder of the one, and how to connect to the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lake = folder / "lake"
        (lake / "bench").mkdir(parents=True)
        (lake / "bench" / "rows").mkdir()
        (lake / "bench" / "small").mkdir()
        duck = duckdb.connect()
        duck.execute(f"COPY (SELECT {COLUMNS} FROM range({ROWS}) AS r(i)) TO '{lake}/bench/rows/part-0.parquet' (FORMAT parquet)")
        (lake / "bench" / "ten").mkdir()
        duck.execute(f"COPY (SELECT {COLUMNS} FROM range({10 * ROWS}) AS r(i)) TO '{lake}/bench/ten/part-0.parquet' (FORMAT parquet)")
        duck.execute(f"COPY (SELECT {COLUMNS} FROM range(1000) AS r(i)) TO '{lake}/bench/small/part-0.parquet' (FORMAT parquet)")
        duck.execute(f"COPY (SELECT * FROM '{lake}/bench/rows/part-0.parquet') TO '{folder}/rows.csv' (HEADER false)")
        os.chmod(folder / "rows.csv", 0o644)
        stop = postgres(folder)
        try:
            theirs = "host=127.0.0.1 port=5598 dbname=cilake user=postgres"
            with psycopg.connect("host=127.0.0.1 port=5598 dbname=postgres user=postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE cilake")
                connection.execute("CREATE ROLE bench SUPERUSER LOGIN")
            with psycopg.connect(theirs, autocommit=True) as connection:
                connection.execute("CREATE SCHEMA bench")
                connection.execute("CREATE TABLE bench.rows (id bigint, reference bigint, at timestamp, ratio double precision, name text, amount numeric(18,2), day date, flag boolean)")
                connection.execute(f"COPY bench.rows FROM '{folder}/rows.csv' (FORMAT csv)")
                connection.execute("CREATE TABLE bench.small AS SELECT * FROM bench.rows WHERE id < 1000")
                connection.execute("VACUUM ANALYZE")
            yield lake, theirs
        finally:
            stop()


def compare(lake, theirs):
    mine = "host=127.0.0.1 port=5599 dbname=cilake user=bench"
    everything = "SELECT * FROM bench.rows"
    with server(lake) as process:
        before = own_mb(process.pid)
        jobs = {}
        for label, port, dsn in (("PostgreSQL", 5598, theirs), ("cilake", 5599, mine)):
            jobs |= {
                f"{label}, text, counted": lambda port=port: count(port, everything),
                f"{label}, binary, counted": lambda port=port: count(port, everything, binary=True),
                f"{label}, psycopg binary": lambda dsn=dsn: psycopg_binary(dsn, everything),
                f"{label}, psycopg COPY binary": lambda dsn=dsn: psycopg_copy(dsn, everything),
            }
        times = alternate(jobs)
        for label, seconds in times.items():
            print(f"{label:30} {seconds:6.3f} s  {ROWS / seconds / 1e6:5.2f} M rows/s")
        for job in ("text, counted", "binary, counted", "psycopg binary", "psycopg COPY binary"):
            print(f"{job:30} {times[f'PostgreSQL, {job}'] / times[f'cilake, {job}']:.2f} × PostgreSQL's rows/s")
        first = statistics.median(count(5599, everything)[1] for _ in range(5))
        print(f"first row {first * 1000:.1f} ms; memory of its own {before:.0f} MB before, {own_mb(process.pid):.0f} MB after")
    with server(lake) as process:
        idle = own_mb(process.pid)
        with Peak(process.pid) as peak:
            count(5599, "SELECT * FROM bench.ten")
        print(f"ten million rows: memory of its own {idle:.0f} MB before, {own_mb(process.pid):.0f} MB after, peak {peak.mb:.0f} MB")
        for label, dsn in (("PostgreSQL", theirs), ("cilake", mine)):
            point = round_trips(dsn, "SELECT name, amount FROM bench.small WHERE id = %s", (500,))
            print(f"{label:12} SELECT 1 p50 {round_trips(dsn, 'SELECT 1'):.3f} ms; prepared point query p50 {point:.3f} ms")
    tables = lake / "many"
    for i in range(100):
        (tables / f"t{i}").mkdir(parents=True)
        shutil.copy(lake / "bench" / "small" / "part-0.parquet", tables / f"t{i}")
    ready = []
    for _ in range(5):
        with server(lake) as process:
            ready.append(process.ready_ms)
    print(f"serve ready on 103 tables: {statistics.median(ready):.0f} ms")


def main():
    with both_sides() as (lake, theirs):
        compare(lake, theirs)


if __name__ == "__main__":
    sys.exit(main())
