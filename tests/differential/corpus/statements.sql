SELECT DISTINCT ON (channel) channel, id, amount FROM orders ORDER BY channel, amount DESC NULLS LAST
SELECT DISTINCT ON (channel, returned) channel, returned, id FROM orders ORDER BY channel, returned, id
SELECT DISTINCT ON (1) channel, id FROM orders ORDER BY 1, 2
SELECT DISTINCT ON (lower(channel)) id FROM orders ORDER BY lower(channel), id DESC
SELECT DISTINCT ON (customer % 2) customer % 2 AS odd, id FROM orders ORDER BY customer % 2, id
SELECT DISTINCT ON (channel) id FROM orders ORDER BY id
SELECT DISTINCT ON (channel) channel, id FROM orders ORDER BY channel DESC NULLS LAST, id LIMIT 2
SELECT DISTINCT channel FROM orders ORDER BY channel
SELECT DISTINCT channel FROM orders ORDER BY id
SELECT DISTINCT channel AS c FROM orders ORDER BY c DESC
SELECT DISTINCT quantity % 3 AS r FROM orders ORDER BY r
SELECT DISTINCT quantity % 3 AS r FROM orders ORDER BY r + 1
SELECT DISTINCT ON (a) a, b FROM (VALUES (1, 2), (1, 1), (2, 3)) v(a, b) ORDER BY a, b
SELECT count(*) FROM (SELECT DISTINCT channel, returned FROM orders) d
SELECT id FROM orders ORDER BY amount DESC FETCH FIRST 2 ROWS ONLY
SELECT id, amount FROM orders ORDER BY id FETCH FIRST ROW ONLY
SELECT id FROM orders ORDER BY id OFFSET 3 ROWS FETCH NEXT 2 ROWS ONLY
SELECT quantity FROM orders ORDER BY quantity FETCH FIRST 3 ROWS WITH TIES
SELECT quantity FROM orders ORDER BY quantity DESC FETCH FIRST 2 ROWS WITH TIES
SELECT quantity, count(*) FROM orders GROUP BY quantity ORDER BY count(*) DESC FETCH FIRST 2 ROWS WITH TIES
SELECT quantity FROM orders ORDER BY quantity OFFSET 2 ROWS FETCH FIRST 2 ROWS WITH TIES
SELECT quantity FROM orders FETCH FIRST 2 ROWS WITH TIES
SELECT x FROM (VALUES (1), (1), (2), (3)) v(x) ORDER BY x FETCH FIRST 1 ROW WITH TIES
SELECT x FROM (VALUES (1), (NULL), (NULL), (3)) v(x) ORDER BY x DESC FETCH FIRST 1 ROW WITH TIES
SELECT id FROM orders ORDER BY id LIMIT 2 + 1
SELECT id FROM orders ORDER BY id LIMIT ALL OFFSET 14
SELECT id FROM orders ORDER BY id LIMIT NULL OFFSET 14
SELECT id FROM orders ORDER BY id LIMIT (SELECT count(*) FROM people) OFFSET 1
SELECT id FROM orders ORDER BY id LIMIT '2'
SELECT id FROM orders ORDER BY id LIMIT 1.5
SELECT id FROM orders ORDER BY id LIMIT 2.5
SELECT id FROM orders ORDER BY id LIMIT -1
SELECT id FROM orders ORDER BY id OFFSET -1
-- differs sqlstate: the name is looked for, and not found, before it is refused
SELECT id FROM orders ORDER BY id LIMIT id
SELECT id FROM orders ORDER BY id OFFSET 14 ROWS
SELECT id FROM orders ORDER BY id OFFSET 13 LIMIT 2
SELECT 1
SELECT 1 AS one, 'x' AS x, NULL AS n
SELECT
SELECT FROM orders
SELECT count(*) FROM (SELECT FROM orders) s
SELECT 1 WHERE false
SELECT 1 WHERE NULL
SELECT count(*)
SELECT 1 HAVING false
SELECT 1 HAVING true
SELECT sum(1)
SELECT 1 ORDER BY 1
SELECT 1 LIMIT 0
TABLE people
TABLE people ORDER BY id LIMIT 2
TABLE t ORDER BY i
VALUES (1, 'a'), (2, 'b')
-- differs written: a numeric has as many decimals as its column
VALUES (1, 2.5), (2, 3)
VALUES (1), (NULL), ('3')
VALUES (1, 2), (3)
VALUES (2), (1) ORDER BY 1
VALUES (2), (1), (3) ORDER BY column1 DESC LIMIT 2
VALUES (1), ('x')
-- differs written: a numeric has as many decimals as its column
VALUES (1), (2.5), ('7')
VALUES (DATE '2024-01-01'), ('2024-02-01')
VALUES (1) UNION SELECT 2 ORDER BY 1
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (x)
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (x, y, z)
SELECT column1, column2 FROM (VALUES (1, 'a'), (2, 'b')) v ORDER BY 1
SELECT * FROM (VALUES (1)) v(x) ORDER BY x
SELECT id AS channel FROM orders ORDER BY channel LIMIT 3
SELECT id AS a, -id AS b FROM orders ORDER BY b LIMIT 3
SELECT id FROM orders ORDER BY -id LIMIT 3
SELECT -id AS id FROM orders ORDER BY id LIMIT 3
SELECT -id AS id FROM orders ORDER BY -id LIMIT 3
SELECT -id AS id FROM orders ORDER BY abs(id) LIMIT 3
SELECT id AS x FROM orders ORDER BY x + 1 LIMIT 3
SELECT id, amount FROM orders ORDER BY 3
SELECT id, amount FROM orders ORDER BY 0
SELECT id, amount FROM orders ORDER BY 1 + 1, id LIMIT 2
SELECT id, amount FROM orders ORDER BY 'id'
SELECT id, amount FROM orders ORDER BY 2, 1
SELECT id, amount FROM orders ORDER BY 2 DESC, 1
SELECT id, amount FROM orders ORDER BY 2 DESC NULLS LAST, 1
SELECT id, amount FROM orders ORDER BY amount NULLS FIRST, id
SELECT id, channel FROM orders ORDER BY channel USING >, id
SELECT s FROM t ORDER BY s
SELECT f FROM t ORDER BY f
SELECT f FROM t ORDER BY f DESC
SELECT a, a FROM (VALUES (1), (2)) v(a) ORDER BY a
SELECT a AS x, -a AS x FROM (VALUES (1), (2)) v(a) ORDER BY x
SELECT sum(a), sum(a::int8) FROM (VALUES (1), (2)) v(a)
SELECT a, a + 0 AS a FROM (VALUES (1)) v(a)
SELECT count(*), count(*) FROM orders
SELECT count(*), count(1), sum(1), sum(1) FROM orders
SELECT max(id), max(amount) FROM orders
SELECT abs(id), abs(amount) FROM orders ORDER BY id LIMIT 1
SELECT a, b, a FROM (VALUES (1, 2)) v(a, b)
SELECT * FROM (SELECT 1 AS a, 2 AS a) s
SELECT a FROM (SELECT 1 AS a, 2 AS a) s
SELECT 1 a, 2 b
SELECT 1 "A b", 2 "select"
SELECT id "Id" FROM orders ORDER BY "Id" LIMIT 1
SELECT ID FROM ORDERS ORDER BY Id LIMIT 1
SELECT "ID" FROM orders
SELECT "id" FROM "orders" ORDER BY 1 LIMIT 1
SELECT id FROM "Orders"
SELECT 1 value, 2 year, 3 name, 4 type
SELECT 1 AS limit
SELECT 1 limit
SELECT o.id i FROM orders o ORDER BY i LIMIT 1
SELECT o.id FROM orders AS o(a, b) ORDER BY 1 LIMIT 1
SELECT a, b, ordered_at FROM orders AS o(a, b) ORDER BY 1 LIMIT 1
SELECT id FROM orders AS o(a, b)
SELECT orders.id FROM orders o
SELECT o.* FROM orders o ORDER BY id LIMIT 1
SELECT o.*, 1 AS one FROM orders o ORDER BY id LIMIT 1
SELECT *, id FROM people ORDER BY id LIMIT 1
SELECT *
SELECT public.people.name FROM public.people ORDER BY id LIMIT 1
SELECT public.people.* FROM people ORDER BY id LIMIT 1
SELECT /* one /* two */ */ 1 -- end
SELECT 1 -- comment
SELECT $$it's$$, $a$x $$ y$a$
SELECT E'a\nb', E'\x41', E'\u00e9', E'it\'s', E'\\', E'\101'
SELECT U&'d\0061t\+000061', U&'d!0061' UESCAPE '!'
SELECT 'a' 'b'
SELECT 'it''s'
SELECT 'a\nb'
SELECT B'101', X'1F'
SELECT 1.5e3, .5, 5., 1e-3, 1_000
SELECT 0x1F
SELECT 9999999999, 99999999999999999999
SELECT -2147483648, 2147483648
SELECT 'abc'::text COLLATE "C" < 'B'
SELECT id FROM orders WHERE id = 1;
SELECT a.b FROM orders a
SELECT x.id FROM orders
SELECT id FROM nowhere
SELECT nofunc(1)
SELECT id FROM orders WHERE
SELEC 1
SELECT id, FROM orders
SELECT count(*) FROM orders WHERE count(*) > 1
SELECT sum(count(*)) FROM orders
SELECT id, count(*) FROM orders
SELECT id FROM orders GROUP BY customer
SELECT id FROM orders HAVING id > 1
SELECT id FROM orders WHERE amount
SELECT id FROM orders WHERE 1
-- differs error: a literal in quotes is no condition
SELECT id FROM orders WHERE 'true' ORDER BY id LIMIT 1
SELECT id FROM orders WHERE NULL
SELECT id FROM orders WHERE id = 'x'
SELECT id FROM orders WHERE id = '1'
SELECT row_number() FROM orders
SELECT id FROM orders WHERE row_number() OVER () = 1
SELECT generate_series(1, 3)
SELECT generate_series(1, 3), generate_series(1, 2)
SELECT id, generate_series(1, 2) FROM orders WHERE id < 3 ORDER BY 1, 2
SELECT unnest(ARRAY[1, 2]), 'x'
SELECT generate_series(1, 2) * 2 AS d
SELECT count(*) FROM orders TABLESAMPLE BERNOULLI (100)
SELECT count(*) FROM orders TABLESAMPLE SYSTEM (100)
SELECT count(*) FROM orders TABLESAMPLE BERNOULLI (0)
SELECT count(*) FROM orders TABLESAMPLE BERNOULLI (200)
SELECT count(*) FROM orders TABLESAMPLE BERNOULLI (100) REPEATABLE (7)
SELECT count(*) < 17 FROM orders TABLESAMPLE BERNOULLI (50)
SELECT count(*) FROM orders o TABLESAMPLE SYSTEM (100) JOIN people p ON p.id = o.customer
-- differs type: a whole row is a record, not of its table's type
SELECT p FROM people p ORDER BY id LIMIT 2
-- differs type: a whole row is a record, not of its table's type
SELECT people FROM people ORDER BY id LIMIT 1
SELECT v FROM (VALUES (1, 'a'), (2, NULL)) v(x, y) ORDER BY x
SELECT count(p.*) FROM people p
SELECT count(p) FROM people p
SELECT count(DISTINCT o.channel), count(o.*) FROM orders o
SELECT count(o.*) FROM people p LEFT JOIN orders o ON o.customer = p.id
SELECT (p).name FROM people p ORDER BY (p).id LIMIT 2
SELECT (v).x FROM (VALUES (1, 'a')) v(x, y)
SELECT (ROW(1, 'a')).f1
-- differs sqlstate: a row in a result is JSON; its fields have no names
SELECT (ROW(1, 'a')).*
SELECT ROW(1, 'a', NULL)
SELECT ROW(1, 2) = ROW(1, 2), (1, 2) < (1, 3), (1, NULL) = (1, 2)
SELECT p IS NULL, p IS NOT NULL FROM people p WHERE id = 1
SELECT o.id FROM orders o WHERE o IS NOT NULL ORDER BY id LIMIT 3
SELECT ROW(p.*) FROM (VALUES (1, 'a b')) p(x, y)
SELECT v::text FROM (VALUES (1, 'a b'), (2, '')) v(x, y)
SELECT id FROM ONLY orders ORDER BY id LIMIT 1
SELECT ALL id FROM orders ORDER BY id LIMIT 1
SELECT id FROM orders ORDER BY id LIMIT 1 FOR UPDATE
SELECT id FROM orders ORDER BY id LIMIT 1 FOR SHARE
SELECT name FROM people ORDER BY name
SELECT name FROM people ORDER BY lower(name), id
SELECT city, count(*) FROM people GROUP BY city ORDER BY city
-- differs written: a numeric has as many decimals as its column
SELECT 1 UNION SELECT 1.5 ORDER BY 1
SELECT 1 UNION ALL SELECT 1 UNION SELECT 1
SELECT 1 UNION SELECT 1 UNION ALL SELECT 1
SELECT 1 UNION ALL (SELECT 2 UNION SELECT 2) ORDER BY 1
SELECT 1 INTERSECT SELECT 1
SELECT 1 UNION SELECT 2 INTERSECT SELECT 2 ORDER BY 1
(SELECT 1 UNION SELECT 2) INTERSECT SELECT 2
SELECT 1 EXCEPT SELECT 1
SELECT x FROM (VALUES (1), (1), (1), (2)) v(x) EXCEPT ALL SELECT 1 ORDER BY x
SELECT x FROM (VALUES (1), (1), (1), (2)) v(x) INTERSECT ALL SELECT y FROM (VALUES (1), (1), (3)) w(y) ORDER BY x
SELECT x FROM (VALUES (1), (NULL), (NULL)) v(x) INTERSECT SELECT NULL
SELECT x FROM (VALUES (1), (NULL), (NULL)) v(x) EXCEPT SELECT NULL
SELECT x FROM (VALUES (1), (NULL), (NULL)) v(x) EXCEPT ALL SELECT NULL ORDER BY x
SELECT NULL UNION SELECT 1 ORDER BY 1
SELECT NULL UNION SELECT 'a' ORDER BY 1
SELECT NULL UNION SELECT NULL
SELECT NULL UNION ALL SELECT NULL UNION ALL SELECT 1 ORDER BY 1
SELECT 'a' UNION SELECT 1
SELECT '2' UNION SELECT 1 ORDER BY 1
SELECT 1::int8 UNION SELECT 2::int2 ORDER BY 1
SELECT 1::float8 UNION SELECT 2::numeric ORDER BY 1
SELECT DATE '2024-01-01' UNION SELECT TIMESTAMP '2024-01-02 00:00' ORDER BY 1
SELECT DATE '2024-01-01' UNION SELECT 1
SELECT 1, 2 UNION SELECT 1
SELECT 1 AS a UNION SELECT 2 AS b ORDER BY a
SELECT 1 AS a UNION SELECT 2 AS b ORDER BY b
SELECT 1 AS a UNION SELECT 2 AS b ORDER BY a + 1
SELECT id FROM orders WHERE id < 3 UNION SELECT id FROM people WHERE id < 3 ORDER BY id DESC LIMIT 1
(SELECT id FROM orders ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM orders ORDER BY id DESC LIMIT 1)
SELECT channel FROM orders UNION SELECT city FROM people ORDER BY 1
SELECT count(*) FROM (SELECT customer FROM orders EXCEPT SELECT id FROM people) x
SELECT customer FROM orders INTERSECT SELECT id FROM people ORDER BY 1
WITH a AS (SELECT 1 AS x) SELECT * FROM a
WITH a(y) AS (SELECT 1 AS x) SELECT y FROM a
WITH a(y) AS (VALUES (1), (2)) SELECT sum(y) FROM a
WITH a(x, y) AS (SELECT 1) SELECT * FROM a
WITH a(x) AS (SELECT 1, 2) SELECT * FROM a
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b
WITH a AS MATERIALIZED (SELECT 1 AS x) SELECT * FROM a
WITH a AS NOT MATERIALIZED (SELECT 1 AS x) SELECT * FROM a
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
WITH orders AS (SELECT 1 AS id) SELECT id FROM orders
WITH a AS (SELECT 1 AS x) SELECT (WITH a AS (SELECT 2 AS x) SELECT x FROM a), x FROM a
WITH a AS (SELECT x FROM b), b AS (SELECT 1 AS x) SELECT * FROM a
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT (i + 1) % 3 FROM n) SELECT i FROM n ORDER BY i
WITH RECURSIVE n AS (SELECT 64 AS i UNION ALL SELECT i / 2 FROM n WHERE i > 1) SELECT i FROM n
WITH RECURSIVE n(i) AS (SELECT 100::numeric UNION ALL SELECT i / 3 FROM n WHERE i > 20) SELECT round(i, 3) FROM n
WITH RECURSIVE n(i) AS (SELECT 100.0::float8 UNION ALL SELECT i / 3 FROM n WHERE i > 20) SELECT i FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT (i * 1.5)::int FROM n WHERE i < 20) SELECT i FROM n LIMIT 4
WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT (i / 2.0 + 3)::int FROM n WHERE i < 5) SELECT i FROM n
WITH RECURSIVE n(i, s) AS (SELECT 1, 'a'::text UNION ALL SELECT i + 1, s || 'b' FROM n WHERE i < 4) SELECT * FROM n
WITH RECURSIVE n(i, s) AS (SELECT 1, 'a' UNION ALL SELECT i + 1, s || 'b' FROM n WHERE i < 4) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1.5 FROM n WHERE i < 4) SELECT * FROM n
WITH RECURSIVE d(day) AS (SELECT DATE '2024-01-30' UNION ALL SELECT day + 1 FROM d WHERE day < DATE '2024-02-02') SELECT day FROM d
WITH RECURSIVE d(day) AS (SELECT TIMESTAMP '2024-01-30' UNION ALL SELECT day + INTERVAL '1 day' FROM d WHERE day < DATE '2024-02-02') SELECT day FROM d
WITH RECURSIVE chain(id, name, depth) AS (SELECT id, name, 0 FROM people WHERE manager IS NULL UNION ALL SELECT p.id, p.name, c.depth + 1 FROM people p JOIN chain c ON p.manager = c.id) SELECT * FROM chain ORDER BY depth, id
WITH RECURSIVE chain AS (SELECT id, manager, ARRAY[id] AS path FROM people WHERE manager IS NULL UNION ALL SELECT p.id, p.manager, c.path || p.id FROM people p, chain c WHERE p.manager = c.id) SELECT id, path FROM chain ORDER BY path
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 3
WITH RECURSIVE n(i) AS (SELECT i + 1 FROM n) SELECT * FROM n
WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 50) SELECT a FROM f
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT count(*) FROM n) SELECT * FROM n
SELECT * FROM (SELECT 1 AS x)
SELECT * FROM generate_series(1, 3)
SELECT * FROM generate_series(1, 3) AS g
SELECT g FROM generate_series(1, 3) AS g ORDER BY g DESC
SELECT g.n FROM generate_series(1, 3) AS g(n) ORDER BY 1
SELECT * FROM generate_series(1, 3) WITH ORDINALITY
SELECT * FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u(x, n)
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) AS u(x, y)
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS r(a, b)
-- differs error: a function that is called without parentheses is no table
SELECT * FROM current_date WHERE false
SELECT * FROM abs(-3)
SELECT * FROM upper('x') AS u
EXPLAIN SELECT 1 FROM nowhere
SELECT CASE WHEN true THEN 1 ELSE 1 / 0 END
SELECT id FROM orders WHERE id IN (1, 2) AND (amount, quantity) = (19.99, 1)
SELECT id FROM orders WHERE (customer, channel) IN ((1, 'web'), (2, 'shop')) ORDER BY id
SELECT id FROM orders WHERE (customer, id) > (3, 4) ORDER BY id
SELECT y FROM (VALUES ('-0'::float8, 2), (0.0::float8, 1), ('-0'::float8, 3)) v(x, y) ORDER BY x, y
SELECT x IN (0, 1, 2, 3, 4, 5), x NOT IN (0, 3), x = ANY (ARRAY[0.0::float8, 7]) FROM (VALUES ('-0'::float8), (0.0::float8), (3)) v(x) ORDER BY x
-- differs error: refused
WITH c AS (SELECT random() AS r) SELECT a.r = b.r FROM c a, c b
WITH c AS (SELECT random() AS r) SELECT count(*) FROM c
WITH c AS (SELECT 1 AS r) SELECT a.r = b.r FROM c a, c b
-- differs error: refused
WITH c AS (SELECT gen_random_uuid() AS r), e AS (SELECT * FROM c) SELECT a.r = b.r FROM e a, e b
WITH c AS (SELECT random() AS r), e AS (SELECT r > 2 AS r FROM c) SELECT r FROM e
SELECT r = r2 FROM (SELECT r, r AS r2 FROM (SELECT random() AS r) q) z
SELECT r - r FROM (SELECT random() AS r FROM t) q
SELECT (NULL, NULL) IS NULL, (1, NULL) IS NOT NULL, (1, NULL) IS NULL, (1, 2) IS NOT NULL, NOT ((1, NULL) IS NULL), ROW(NULL, NULL) IS NULL, ROW(1, NULL) IS NOT NULL, ROW(1) IS NULL
SELECT i FROM t WHERE (b, s) IS NULL ORDER BY i
SELECT i FROM t WHERE (b, x) IS NOT NULL ORDER BY i
SELECT i FROM t WHERE NOT ((b, x) IS NOT NULL) ORDER BY i
SELECT array_agg(i)[1] FROM t
SELECT (array_agg(i ORDER BY i))[1] FROM t
SELECT ARRAY[1,2][1]
SELECT (ARRAY[1,2])[1], (string_to_array('a,b', ','))[2]
SELECT (ARRAY[[1,2],[3,4]])[2][1], (ARRAY[1,2,3])[2:3]
SELECT NULL AS v UNION SELECT 1 UNION SELECT NULL ORDER BY v NULLS FIRST
SELECT pg_typeof(v) FROM (SELECT NULL AS v UNION ALL SELECT 1 UNION ALL SELECT 2.5) q
SELECT pg_typeof(v) FROM (SELECT NULL AS v UNION ALL SELECT 1 UNION ALL SELECT NULL) q
SELECT v FROM (SELECT '2024-01-01' AS v UNION SELECT DATE '2024-02-01' UNION ALL SELECT '2024-03-01') q ORDER BY 1
SELECT NULL AS v UNION ALL SELECT NULL UNION SELECT 1
SELECT count(*) FROM t TABLESAMPLE BERNOULLI (100) REPEATABLE (3)
SELECT count(*) FROM t TABLESAMPLE SYSTEM (100) REPEATABLE (3)
SELECT count(*) FROM t TABLESAMPLE SYSTEM (0) REPEATABLE (3)
SELECT (SELECT array_agg(i ORDER BY i) FROM t TABLESAMPLE BERNOULLI (50) REPEATABLE (3)) IS NOT DISTINCT FROM (SELECT array_agg(i ORDER BY i) FROM t TABLESAMPLE BERNOULLI (50) REPEATABLE (3))
SELECT count(*) FROM t TABLESAMPLE BERNOULLI (101) REPEATABLE (1)
SELECT count(*) FROM t TABLESAMPLE BERNOULLI (0) REPEATABLE (3)
SELECT count(*) BETWEEN 0 AND 8 FROM t AS s TABLESAMPLE BERNOULLI (50) REPEATABLE (3) WHERE s.i > 0
SELECT (SELECT array_agg(i ORDER BY i) FROM t TABLESAMPLE SYSTEM (40) REPEATABLE (7)) IS NOT DISTINCT FROM (SELECT array_agg(i ORDER BY i) FROM t TABLESAMPLE SYSTEM (40) REPEATABLE (7))
