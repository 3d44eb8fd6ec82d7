-- Orders by what is computed, over more rows than come at a time.
SELECT v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY 100 / v > 1, v LIMIT 3
SELECT v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY v % 2 > 0, v LIMIT 3
SELECT v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY abs(v % 3), v DESC LIMIT 3
SELECT v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY CASE WHEN v > 10 THEN 1 ELSE 2 END > 1 DESC, v LIMIT 5
SELECT v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY (v::text || 'x') > '5', v LIMIT 3
SELECT v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY nullif(v, 9) > 3 NULLS FIRST, v LIMIT 3
SELECT v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY (v % 5 IS NULL) > false, v LIMIT 3
SELECT v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY NOT (v % 2 = 0 AND v / 3 > 4), v LIMIT 3
SELECT v FROM generate_series(0, 20000) g(v) ORDER BY v <> 0 AND 100 / v > 1 DESC, v LIMIT 3
SELECT v, row_number() OVER (ORDER BY 100 / v > 1, v) AS n FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY n LIMIT 3
SELECT v, n FROM (SELECT v, row_number() OVER (PARTITION BY 100 / v > 1 ORDER BY v DESC) AS n FROM generate_series(1, 20000) g(v) WHERE v > 7) x WHERE n < 3 ORDER BY 2, 1
SELECT v, n FROM (SELECT v, sum(v) OVER (PARTITION BY v % 3 > 1, v % 2 ORDER BY v) AS n FROM generate_series(1, 20000) g(v) WHERE v > 7) x WHERE v > 19990 ORDER BY 1
SELECT v, n FROM (SELECT v, rank() OVER (PARTITION BY v % 3 ORDER BY v / 100 > 150, v % 7 > 2) AS n FROM generate_series(1, 20000) g(v) WHERE v > 7) x WHERE v > 19990 ORDER BY 1
SELECT left(string_agg(v::text, ',' ORDER BY 100 / v > 1 DESC, v), 40), right(string_agg(v::text, ',' ORDER BY v % 3 > 1, v), 40) FROM generate_series(1, 20000) g(v) WHERE v > 7
SELECT DISTINCT ON (100 / v > 1) v FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY 100 / v > 1, v DESC
SELECT v % 3 > 1 AS k, count(*), first_value(min(v)) OVER (ORDER BY v % 3 > 1 DESC) FROM generate_series(1, 20000) g(v) WHERE v > 7 GROUP BY 1 ORDER BY 1
SELECT v, lag(v) OVER (ORDER BY abs(v % 7), v / 3 > 100, v) FROM generate_series(1, 20000) g(v) WHERE v > 7 ORDER BY abs(v % 7), v / 3 > 100, v OFFSET 19985
SELECT array_agg(DISTINCT v % 3 ORDER BY v % 3 DESC), array_agg(DISTINCT v % 5 > 2 ORDER BY v % 5 > 2) FROM generate_series(1, 20000) g(v) WHERE v > 7
SELECT v % 4 AS k, left(string_agg(v::text, ',' ORDER BY abs(v % 7) > 3, v), 20), max(v), count(DISTINCT v % 9) FROM generate_series(1, 20000) g(v) WHERE v > 7 GROUP BY 1 ORDER BY 1
SELECT v % 4 AS k, percentile_disc(0.5) WITHIN GROUP (ORDER BY v / 3) FROM generate_series(1, 20000) g(v) WHERE v > 7 GROUP BY 1 ORDER BY v % 4 > 1, 1
SELECT v % 4 AS k, sum(v) AS s, rank() OVER (ORDER BY sum(v) / 7 > 3 DESC, sum(v)) FROM generate_series(1, 20000) g(v) WHERE v > 7 GROUP BY 1 ORDER BY sum(v) / 3 > 4, 1
SELECT v, min(v) OVER w, sum(v) OVER w FROM generate_series(1, 20000) g(v) WHERE v > 7 WINDOW w AS (PARTITION BY v % 10 > 4 ORDER BY v / 2 RANGE BETWEEN 10 PRECEDING AND CURRENT ROW) ORDER BY v OFFSET 19985
-- What a condition says of a column by a division that is not exact.
SELECT v FROM generate_series(1, 20000) g(v) WHERE v / 3 = 2000 ORDER BY v DESC
SELECT v % 2, v, count(*) FROM generate_series(1, 20000) g(v) WHERE v / 3 = 2000 GROUP BY 1, 2 ORDER BY 2 DESC
SELECT ym, count(*), sum(v) FROM (SELECT v, 202300 + v % 12 + 1 + 100 * (v % 3) AS ym FROM generate_series(1, 100000) g(v)) x WHERE ym / 100 = 2024 GROUP BY ym ORDER BY ym DESC
SELECT t.d FROM t WHERE ((t.i / 3) >= mod(10, 4)) ORDER BY t.i
SELECT i, i / 3, -i / 3, i % 3 FROM t WHERE i / 3 = 2 ORDER BY i DESC
