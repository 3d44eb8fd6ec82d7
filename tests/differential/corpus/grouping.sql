SELECT channel, sum(amount) FROM orders GROUP BY channel ORDER BY channel
SELECT channel, sum(amount) FROM orders GROUP BY 1 ORDER BY 1
SELECT channel AS c, sum(amount) FROM orders GROUP BY c ORDER BY c
SELECT channel, returned, count(*) FROM orders GROUP BY ROLLUP (channel, returned) ORDER BY channel, returned, count(*)
SELECT channel, returned, count(*) FROM orders GROUP BY CUBE (channel, returned) ORDER BY 1, 2, 3
SELECT channel, returned, count(*) FROM orders GROUP BY GROUPING SETS ((channel), (returned), ()) ORDER BY 1, 2, 3
SELECT channel, count(*), grouping(channel) FROM orders GROUP BY ROLLUP (channel) ORDER BY 3, 1
SELECT channel, returned, grouping(channel, returned), count(*) FROM orders GROUP BY CUBE (channel, returned) ORDER BY 3, 1, 2
SELECT channel, returned, grouping(returned), grouping(channel) FROM orders GROUP BY ROLLUP (channel, returned) ORDER BY 1, 2, 3, 4
SELECT channel, count(*) FROM orders GROUP BY ROLLUP (1) ORDER BY 1, 2
SELECT channel, returned, count(*) FROM orders GROUP BY 1, ROLLUP (2) ORDER BY 1, 2, 3
SELECT channel, returned, count(*) FROM orders GROUP BY GROUPING SETS ((1, 2), (1), ()) ORDER BY 1, 2, 3
SELECT channel, returned, count(*) FROM orders GROUP BY channel, GROUPING SETS ((returned), ()) ORDER BY 1, 2, 3
SELECT channel, returned, quantity, count(*) FROM orders GROUP BY ROLLUP (channel, (returned, quantity)) ORDER BY 1, 2, 3, 4
SELECT channel, returned, count(*) FROM orders GROUP BY ROLLUP (channel), CUBE (returned) ORDER BY 1, 2, 3
SELECT count(*) FROM orders GROUP BY ()
SELECT count(*) FROM orders WHERE false GROUP BY ()
SELECT count(*) FROM orders WHERE false GROUP BY channel
SELECT channel, count(*) FROM orders WHERE false GROUP BY ROLLUP (channel)
SELECT channel, count(*) FROM orders WHERE false GROUP BY GROUPING SETS ((channel), ())
SELECT sum(amount), grouping(channel) FROM orders GROUP BY channel ORDER BY 1
SELECT grouping(amount) FROM orders GROUP BY channel
SELECT coalesce(channel, 'all') AS c, sum(quantity) FROM orders GROUP BY ROLLUP (channel) ORDER BY 1, 2
SELECT CASE WHEN grouping(channel) = 1 THEN 'total' ELSE channel END AS c, sum(quantity) FROM orders GROUP BY ROLLUP (channel) ORDER BY 1, 2
SELECT date_trunc('month', ordered_at) AS m, count(*) FROM orders GROUP BY ROLLUP (m) ORDER BY 1
SELECT date_trunc('month', ordered_at) AS m, channel, sum(amount) FROM orders GROUP BY CUBE (1, 2) ORDER BY 1, 2, 3
SELECT channel, sum(amount) FROM orders GROUP BY ROLLUP (channel) HAVING sum(amount) > 100 ORDER BY 1
SELECT channel, sum(amount) FROM orders GROUP BY ROLLUP (channel) HAVING grouping(channel) = 0 ORDER BY 1
SELECT channel, sum(amount), rank() OVER (ORDER BY sum(amount) DESC) FROM orders GROUP BY channel ORDER BY 3
SELECT channel, sum(amount) / sum(sum(amount)) OVER () AS share FROM orders GROUP BY channel ORDER BY 1
SELECT channel, count(*) FROM orders GROUP BY channel HAVING count(*) > 3 ORDER BY 2 DESC, 1
SELECT channel FROM orders GROUP BY channel HAVING max(amount) > 100 ORDER BY channel
SELECT channel c, max(amount) m FROM orders GROUP BY channel HAVING m > 1
SELECT upper(channel), count(*) FROM orders GROUP BY upper(channel) ORDER BY 1
SELECT upper(channel), count(*) FROM orders GROUP BY channel ORDER BY 1
SELECT channel || '!', count(*) FROM orders GROUP BY channel ORDER BY 1
SELECT quantity + 1, count(*) FROM orders GROUP BY quantity + 1 ORDER BY 1
SELECT quantity + 2, count(*) FROM orders GROUP BY quantity + 1
SELECT quantity + 1 + 1, count(*) FROM orders GROUP BY quantity + 1 ORDER BY 1
SELECT count(*) FROM orders GROUP BY channel ORDER BY channel
SELECT channel FROM orders GROUP BY channel ORDER BY sum(amount) NULLS FIRST
SELECT channel, sum(amount) AS s FROM orders GROUP BY channel ORDER BY s DESC
SELECT channel, sum(amount) AS s FROM orders GROUP BY channel ORDER BY -sum(amount)
SELECT sum(amount) FROM orders GROUP BY 1
SELECT channel FROM orders GROUP BY 2
SELECT channel, count(*) FROM orders GROUP BY channel, channel ORDER BY 1
-- differs error: GROUP BY DISTINCT
SELECT channel, count(*) FROM orders GROUP BY DISTINCT ROLLUP (channel, returned), ROLLUP (channel) ORDER BY 1, 2
SELECT id % 2 AS channel, count(*) FROM orders GROUP BY channel
SELECT quantity AS amount, count(*) FROM orders GROUP BY amount
SELECT p.id, p.name, count(o.id) FROM people p LEFT JOIN orders o ON o.customer = p.id GROUP BY p.id, p.name ORDER BY 1
SELECT count(DISTINCT channel), count(channel), count(*) FROM orders
SELECT count(DISTINCT (channel, returned)) FROM orders
SELECT sum(DISTINCT quantity), avg(DISTINCT quantity) FROM orders
SELECT sum(quantity) FILTER (WHERE channel = 'web'), count(*) FILTER (WHERE amount > 50) FROM orders
SELECT max(channel), min(channel), max(ordered_at), min(returned::int) FROM orders
SELECT bool_and(returned), bool_or(returned), every(returned) FROM orders
SELECT channel, array_agg(id ORDER BY id DESC) FROM orders GROUP BY channel ORDER BY channel
SELECT channel, string_agg(id::text, ',' ORDER BY id) FROM orders GROUP BY channel ORDER BY channel
SELECT sum(amount) FROM orders WHERE false
SELECT avg(amount), count(amount), max(amount) FROM orders WHERE false
SELECT 'x' FROM orders GROUP BY 'x'
SELECT 1 FROM orders GROUP BY 1
SELECT NULL FROM orders GROUP BY 1
SELECT true FROM orders GROUP BY true
SELECT x, count(*) FROM (VALUES (1), (NULL), (NULL)) v(x) GROUP BY x ORDER BY x
SELECT f, count(*) FROM (VALUES ('NaN'::float8), ('NaN'), (0), ('-0')) v(f) GROUP BY f ORDER BY f
SELECT count(*) FROM (SELECT customer FROM orders GROUP BY customer HAVING count(*) > 1) s
SELECT customer, count(*) FROM orders GROUP BY customer ORDER BY count(*) DESC, customer LIMIT 3
SELECT extract(year FROM ordered_at) AS y, extract(month FROM ordered_at) AS m, count(*) FROM orders GROUP BY 1, 2 ORDER BY 1, 2
SELECT p.* FROM people p GROUP BY p.id
SELECT name FROM people GROUP BY id
SELECT DISTINCT channel, count(*) OVER () FROM orders GROUP BY channel ORDER BY 1
SELECT sum(sum(quantity)) OVER (ORDER BY channel) FROM orders GROUP BY channel ORDER BY 1
SELECT channel, count(DISTINCT customer) AS n FROM orders GROUP BY channel HAVING sum(amount) > 0 ORDER BY 1
SELECT channel, count(DISTINCT customer) AS n, sum(amount) AS s, sum(quantity) AS q, max(amount) FROM orders GROUP BY channel HAVING sum(amount) > 20 AND sum(DISTINCT customer) > 3 ORDER BY 1
SELECT city AS city, count(DISTINCT name) AS "COUNT_DISTINCT(name)" FROM (SELECT p.*, o.amount FROM people p LEFT JOIN orders o ON p.id = o.customer) AS virtual_table WHERE city IS NOT NULL GROUP BY city HAVING (sum(amount) > 0) ORDER BY "COUNT_DISTINCT(name)" DESC, city LIMIT 100
SELECT coalesce(city, 'n/a') AS city, coalesce(manager, 0) AS manager, count(*), grouping(coalesce(manager, 0)) FROM people GROUP BY ROLLUP (coalesce(city, 'n/a'), coalesce(manager, 0)) ORDER BY 1, 2, 3
SELECT upper(city), manager + 1, count(*), sum(manager + 1) FROM people GROUP BY CUBE (upper(city), manager + 1) ORDER BY 1, 2, 3
SELECT channel, quantity > 2 AS big, count(*) FROM orders GROUP BY channel, CUBE (quantity > 2) ORDER BY 1, 2, 3
SELECT extract(year FROM ordered_at) AS y, date_trunc('quarter', ordered_at) AS q, sum(amount) FROM orders GROUP BY GROUPING SETS ((extract(year FROM ordered_at), date_trunc('quarter', ordered_at)), (extract(year FROM ordered_at)), ()) ORDER BY 1, 2
SELECT a, b, c, sum(v) FROM (VALUES (1, 1, 1, 10), (1, 1, 2, 20), (1, 2, 1, 30), (2, 1, 1, 40)) x(a, b, c, v) GROUP BY GROUPING SETS (ROLLUP (a, b), CUBE (c)) ORDER BY 1, 2, 3, 4
SELECT a, b, sum(v) FROM (VALUES (1, 1, 10), (1, 2, 20)) x(a, b, v) GROUP BY GROUPING SETS ((a), ROLLUP ((a, b)), ()) ORDER BY 1, 2, 3
SELECT count(*) FROM orders GROUP BY 1
SELECT count(*) AS c FROM orders GROUP BY c
SELECT count(*) FROM orders GROUP BY sum(amount)
SELECT rollup(1, 2)
SELECT x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (x, 1)
SELECT x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (x, x)
SELECT x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (x, 'a'::text)
SELECT x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (x, 'a')
SELECT x, y, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY CUBE (x, y, x)
SELECT x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY GROUPING SETS ((x, x), (x), ())
SELECT x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY x, ROLLUP (x)
SELECT x, y, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY x, ROLLUP (x, y)
SELECT x, y, grouping(x), count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (x), ROLLUP (x, y)
SELECT 1 AS one, x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (1, 2)
SELECT 1 AS one, x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (one, x)
SELECT 'all' AS label, x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY CUBE (label, x)
SELECT x, grouping(x), count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (x, x)
SELECT 1, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY GROUPING SETS ((1), ())
SELECT 1 + 1, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY GROUPING SETS ((1), ())
SELECT x, sum(y) FROM (VALUES (1, 2), (1, 3)) v (x, y) GROUP BY CUBE (x, x)
-- differs value: PostgreSQL does not sort by the constant
SELECT 'total' AS label, channel, count(*) FROM orders GROUP BY ROLLUP (label, channel) ORDER BY 2, 1, 3
SELECT date '2024-01-01' AS day, channel, grouping(channel) FROM orders GROUP BY ROLLUP (day, channel)
-- differs value: two positions of one column are one group
SELECT x, y, x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY GROUPING SETS ((1, 2, 3), (1), (3), ())
SELECT 'all' AS label, 1 + 1 AS two, x, count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROLLUP (two, label, x) ORDER BY 3, 2, 1
-- Constant and sorted columns of many groups, which some sets leave out.
SELECT count(*), count(k), count(a), sum(n) FROM (SELECT a, k, count(*) AS n FROM (SELECT v % 20000 AS a, v % 3 AS k FROM generate_series(1, 100000) g(v)) t WHERE k = 1 GROUP BY ROLLUP (a, k)) x
SELECT count(*), count(k), count(a), sum(n) FROM (SELECT a, k, count(*) AS n FROM (SELECT v % 20000 AS a, v % 3 AS k FROM generate_series(1, 100000) g(v)) t WHERE k = 1 GROUP BY CUBE (k, a)) x
SELECT count(*), count(k), count(a), count(b), sum(n) FROM (SELECT a, b, k, count(*) AS n FROM (SELECT v % 9000 AS a, v % 7000 AS b, 'web' AS k FROM generate_series(1, 100000) g(v)) t GROUP BY GROUPING SETS ((a, k), (b))) x
SELECT count(*), count(k), count(a), sum(n) FROM (SELECT a, k, count(*) AS n FROM (SELECT v % 20000 AS a, v / 1000 AS k FROM generate_series(1, 100000) g(v) ORDER BY 2) t GROUP BY CUBE (k, a)) x
SELECT count(*), count(k), count(a), sum(n) FROM (SELECT a, k, count(*) AS n FROM (SELECT v % 20000 AS a, v AS k FROM generate_series(1, 100000) g(v) ORDER BY v LIMIT 50000) t GROUP BY GROUPING SETS ((k), (a), (k, a))) x
-- differs value: PostgreSQL 15 takes a column that WHERE makes constant for constant behind sets that leave it out
SELECT k, a, count(*) FROM (SELECT v % 5 AS a, v % 3 AS k FROM generate_series(1, 100000) g(v)) t WHERE k = 1 GROUP BY ROLLUP (k, a) ORDER BY k, a
-- differs value: PostgreSQL 15 takes a column that WHERE makes constant for constant behind sets that leave it out
SELECT k, a, count(*) FROM (SELECT v % 5 AS a, v % 3 AS k FROM generate_series(1, 100000) g(v)) t WHERE k = 1 GROUP BY CUBE (k, a) ORDER BY k NULLS FIRST, a DESC
-- differs value: PostgreSQL 15 takes a column that WHERE makes constant for constant behind sets that leave it out
SELECT k, a, count(DISTINCT v) FROM (SELECT v, v % 5 AS a, v % 3 AS k FROM generate_series(1, 100000) g(v)) t WHERE k = 1 GROUP BY CUBE (k, a) ORDER BY 1, 2
-- differs value: PostgreSQL 15 takes a column that WHERE makes constant for constant behind sets that leave it out
SELECT count(*), count(DISTINCT k), max(n) FROM (SELECT k, a, sum(count(*)) OVER (PARTITION BY k) AS n FROM (SELECT v % 20000 AS a, v % 3 AS k FROM generate_series(1, 100000) g(v)) t WHERE k = 1 GROUP BY ROLLUP (a, k)) x
SELECT k, n FROM (SELECT k, a, count(*) AS n FROM (SELECT v % 3 AS a, v % 4 AS k FROM generate_series(1, 1000) g(v)) t WHERE k = 1 GROUP BY GROUPING SETS ((k), (a))) x WHERE k = 1 OR a = 2 ORDER BY 1, 2
