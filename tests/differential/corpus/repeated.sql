SELECT sum(i), sum(i::numeric), sum(i::float8), sum(i::bigint), avg(i), avg(i::float8) FROM t
SELECT channel, avg(amount), avg(amount::float8), avg(amount::int) FROM orders GROUP BY channel ORDER BY channel
SELECT count(DISTINCT ts), count(DISTINCT ts::date), count(DISTINCT ts::time) FROM t
SELECT corr(amount, quantity), corr(amount::float8, quantity::float8) FROM orders
SELECT sum(x::int)::float8 / count(x), avg(x::int), avg(CASE WHEN x THEN 1 ELSE 0 END), avg((x)::int::numeric) FROM t
SELECT min(amount), min(amount::int), max(amount::text), max(amount) FROM orders
SELECT string_agg(i::text, ','), string_agg(i::numeric::text, ',') FROM t
SELECT sum(amount) FILTER (WHERE quantity > 1), sum(amount::int) FILTER (WHERE quantity > 1) FROM orders
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY amount), percentile_disc(0.5) WITHIN GROUP (ORDER BY amount::int) FROM orders
SELECT i, count(*) OVER (PARTITION BY ts::date), count(*) OVER (PARTITION BY ts) FROM t ORDER BY i
SELECT i, sum(i) OVER (ORDER BY d), sum(i::numeric) OVER (ORDER BY d), rank() OVER (ORDER BY ts::date), rank() OVER (ORDER BY ts) FROM t ORDER BY i
SELECT ts::date, ts, count(*) FROM t GROUP BY ts::date, ts ORDER BY 2
SELECT ts::date AS day, ts::time AS clock, count(*) FROM t GROUP BY day, clock ORDER BY 1, 2
SELECT ts::date AS d, ts::text AS s, count(*) FROM t GROUP BY 1, 2 ORDER BY 2
SELECT CAST(ts AS date), ts::date + 1, max(i) FROM t GROUP BY ts::date, ts ORDER BY 3
SELECT date_trunc('month', ordered_at)::date AS m, channel, sum(sum(amount)) OVER (PARTITION BY channel ORDER BY date_trunc('month', ordered_at)) AS ytd FROM orders GROUP BY 1, 2, date_trunc('month', ordered_at) ORDER BY 2, 1
SELECT quantity::text, quantity, sum(amount) FROM orders GROUP BY quantity::text, quantity HAVING max(quantity::text) > '1' ORDER BY 2
SELECT sum(sum(i)) OVER (), sum(sum(i::numeric)) OVER () FROM t
SELECT sum(i), sum(i::int8) FROM t ORDER BY sum(i::int8)
SELECT DISTINCT b::text FROM t ORDER BY b::text
SELECT DISTINCT upper(s) FROM t ORDER BY upper(s)
SELECT DISTINCT date_trunc('month', ts)::date FROM t ORDER BY date_trunc('month', ts)::date
SELECT DISTINCT CAST(ts AS date), i % 2 FROM t ORDER BY i % 2 DESC, ts::date
SELECT DISTINCT date_trunc('month', ts)::date FROM t ORDER BY date_trunc('month', ts)
SELECT DISTINCT channel, extract(month FROM ordered_at) FROM orders ORDER BY extract(month FROM ordered_at) DESC, channel
SELECT * FROM people a, people a
SELECT * FROM people p JOIN orders p ON true
SELECT count(*) FROM people p, orders o, people q
SELECT *, * FROM (VALUES (1, 'a')) v (x, y)
SELECT v.*, * FROM (VALUES (1, 'a')) v (x, y)
SELECT v.*, v.* FROM (VALUES (1, 'a')) v (x, y) ORDER BY 1
SELECT *, x FROM (VALUES (1, 'a')) v (x, y)
SELECT x, *, x FROM (VALUES (1, 'a')) v (x, y) ORDER BY y
SELECT *, * FROM (VALUES (1, 'a')) v (x, y) ORDER BY x
SELECT a.*, * FROM t a JOIN t b ON a.i = b.i ORDER BY a.i, b.i
SELECT x FROM (SELECT *, * FROM (VALUES (1, 'a')) v (x, y)) q
SELECT * FROM (SELECT *, * FROM (VALUES (1, 'a')) v (x, y)) q
SELECT *, * FROM (VALUES (1, 'a')) v (x, y) WHERE x = 1
SELECT DISTINCT *, * FROM (VALUES (1, 'a'), (1, 'a')) v (x, y)
SELECT *, * FROM (VALUES (1, 'a')) v (x, y) UNION ALL SELECT *, * FROM (VALUES (1, 'a')) v (x, y)
SELECT *, row_number() OVER (ORDER BY x), * FROM (VALUES (1, 'a')) v (x, y)
SELECT x FROM (SELECT *, * FROM (VALUES (1, 'a')) v (x, y)) q ORDER BY y
