"""RFM over orders in Parquet: cilake's rfm_score against DuckDB's two ways, in one run on two threads.

usage: rfm.py [orders in millions, default 10]
"""

import pathlib
import sys
import tempfile

import duckdb
import psycopg

from common import alternate, resident_mb, server

millions = float(sys.argv[1]) if len(sys.argv) > 1 else 10
orders, customers = int(millions * 1_000_000), int(millions * 50_000)

with tempfile.TemporaryDirectory() as folder:
    lake = pathlib.Path(folder) / "lake"
    (lake / "sales" / "orders").mkdir(parents=True)
    file = lake / "sales" / "orders" / "part-0.parquet"
    duck = duckdb.connect()
    duck.execute("SET threads = 2")
    duck.execute("SELECT setseed(0.42)")
    duck.execute(f"""
        COPY (SELECT CAST(floor(pow(random(), 2) * {customers}) AS BIGINT) AS customer_id,
                     TIMESTAMP '2023-01-01' + to_seconds(CAST(floor(random() * 63072000) AS BIGINT)) AS ordered_at,
                     CAST(5 + random() * 200 AS DECIMAL(12, 2)) AS total
              FROM range({orders})) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE 1000000)""")

    base = f"SELECT customer_id, max(ordered_at) AS last_at, count(*) AS n, sum(total) AS revenue FROM '{file}' GROUP BY customer_id"
    ntile = f"""
        SELECT r, f, m, count(*) FROM (
            SELECT ntile(5) OVER (ORDER BY last_at) AS r, ntile(5) OVER (ORDER BY n) AS f, ntile(5) OVER (ORDER BY revenue) AS m
            FROM ({base})) GROUP BY ALL"""
    cuts = f"""
        WITH c AS MATERIALIZED ({base}),
             q AS (SELECT quantile_disc(last_at, [.2,.4,.6,.8]) AS r, quantile_disc(n, [.2,.4,.6,.8]) AS f, quantile_disc(revenue, [.2,.4,.6,.8]) AS m FROM c)
        SELECT 1 + len(list_filter(q.r, lambda v: c.last_at > v)) AS r, 1 + len(list_filter(q.f, lambda v: c.n > v)) AS f,
               1 + len(list_filter(q.m, lambda v: c.revenue > v)) AS m, count(*)
        FROM c, q GROUP BY ALL"""
    case = f"""
        WITH c AS MATERIALIZED ({base}),
             q AS (SELECT quantile_disc(last_at, [.2,.4,.6,.8]) AS r, quantile_disc(n, [.2,.4,.6,.8]) AS f, quantile_disc(revenue, [.2,.4,.6,.8]) AS m FROM c)
        SELECT 1 + (last_at > q.r[1])::int + (last_at > q.r[2])::int + (last_at > q.r[3])::int + (last_at > q.r[4])::int AS r,
               1 + (n > q.f[1])::int + (n > q.f[2])::int + (n > q.f[3])::int + (n > q.f[4])::int AS f,
               1 + (revenue > q.m[1])::int + (revenue > q.m[2])::int + (revenue > q.m[3])::int + (revenue > q.m[4])::int AS m, count(*)
        FROM c, q GROUP BY ALL"""
    mine = """
        SELECT r, f, m, count(*) FROM rfm_score(sales.orders, customer => 'customer_id', at => 'ordered_at', amount => 'total')
        GROUP BY r, f, m"""
    group_by = "SELECT count(*) FROM (SELECT customer_id, max(ordered_at) AS l, count(*) AS n, sum(total) AS t FROM sales.orders GROUP BY customer_id) AS g WHERE n > 0 AND t > 0 AND l > TIMESTAMP '2000-01-01'"

    with server(lake) as process, psycopg.connect("host=127.0.0.1 port=5599 dbname=cilake user=bench", autocommit=True) as connection:
        ours = {tuple(row[:3]): row[3] for row in connection.execute(mine).fetchall()}
        theirs = {tuple(row[:3]): row[3] for row in duck.execute(case).fetchall()}
        assert ours == theirs, "the scores differ"
        times = alternate({
            "DuckDB NTILE": lambda: duck.execute(ntile).fetchall(),
            "DuckDB quantile_disc, lambda": lambda: duck.execute(cuts).fetchall(),
            "DuckDB quantile_disc, comparisons": lambda: duck.execute(case).fetchall(),
            "DuckDB GROUP BY alone": lambda: duck.execute(f"SELECT count(*) FROM ({base}) WHERE n > 0 AND revenue > 0").fetchall(),
            "cilake GROUP BY alone": lambda: connection.execute(group_by).fetchall(),
            "cilake rfm_score": lambda: connection.execute(mine).fetchall(),
        })
        best = min(value for name, value in times.items() if name.startswith("DuckDB") and "alone" not in name)
        print(f"{orders:,} orders, {customers:,} customers; scores equal")
        for name, seconds in times.items():
            print(f"{name:35} {seconds:7.3f} s")
        print(f"ratio to the best of DuckDB: {times['cilake rfm_score'] / best:.2f}; server peak {resident_mb(process.pid, True):.0f} MB")
