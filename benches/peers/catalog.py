"""The catalogs of a large lake, as tools ask for them: 5,000 tables of 50 columns in ten schemas.

Times are of whole runs of psql, with its start and its connection, the best of the runs after the first.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import duckdb
import psycopg

from common import resident_mb, server

SCHEMAS, TABLES, COLUMNS = 10, 500, 50


def write(lake, schemas=SCHEMAS, tables=TABLES, columns=COLUMNS):
    """One file a table, all with the same columns of five types; no two tables have one name, so that a search path of all schemas shows all."""
    kinds = ("i", "i::DECIMAL(18, 2)", "'text ' || i", "DATE '2025-01-01' + i::INTEGER", "TIMESTAMP '2025-01-01' + to_seconds(i)")
    items = ", ".join(f"{kinds[n % len(kinds)]} AS column_{n}" for n in range(columns))
    lake.mkdir()
    one = lake / "one.parquet"
    duckdb.sql(f"COPY (SELECT {items} FROM range(10) AS r(i)) TO '{one}' (FORMAT parquet)")
    for schema in range(schemas):
        for table in range(tables):
            folder = lake / f"s{schema}" / f"table_{schema * tables + table}"
            folder.mkdir(parents=True)
            shutil.copy(one, folder / "part-0.parquet")
    one.unlink()


def psql(port, command, times=5):
    """Milliseconds of the first run and of the best of the others, and the lines that came."""
    path = ",".join(f"s{schema}" for schema in range(SCHEMAS))
    environment = {**os.environ, "PGOPTIONS": f"-c search_path={path}"}
    arguments = ["psql", "-X", "-h", "127.0.0.1", "-p", str(port), "-U", "bench", "-d", "cilake", "-c", command]
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        output = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True).stdout
        taken.append((time.perf_counter() - started) * 1000)
    return taken[0], min(taken[1:]), len(output.splitlines())


def main():
    with tempfile.TemporaryDirectory() as name:
        lake = pathlib.Path(name) / "lake"
        write(lake)
        with server(lake) as process:
            for command in ("SELECT 1", "\\d", "\\dt s3.*", "\\d s3.table_1507", "SELECT count(*) FROM pg_class",
                            "SELECT count(*) FROM pg_attribute", "SELECT count(*) FROM information_schema.columns"):
                first, best, lines = psql(5599, command)
                print(f"{command:50} first {first:7.0f} ms, then {best:6.0f} ms, {lines} lines, {resident_mb(process.pid):.0f} MB")
            with psycopg.connect("host=127.0.0.1 port=5599 dbname=cilake user=bench", autocommit=True) as connection:
                started = time.perf_counter()
                for _ in range(20):
                    connection.execute("SELECT 's3.table_1507'::regclass::oid").fetchall()
                print(f"{'a name resolved on an open connection':50} {(time.perf_counter() - started) * 50:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
