SELECT (SELECT 1)
SELECT (SELECT 1 WHERE false)
SELECT (SELECT max(amount) FROM orders)
SELECT (SELECT id FROM orders)
SELECT (SELECT 1, 2)
SELECT p.id, (SELECT count(*) FROM orders o WHERE o.customer = p.id) AS n FROM people p ORDER BY p.id
SELECT p.id, (SELECT sum(o.amount) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY p.id
SELECT p.id, (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.id LIMIT 1) AS first FROM people p ORDER BY p.id
SELECT p.id, (SELECT o.id FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY p.id
SELECT p.id, (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.amount DESC NULLS LAST, o.id LIMIT 1) AS best FROM people p ORDER BY p.id
SELECT p.id FROM people p WHERE (SELECT count(*) FROM orders o WHERE o.customer = p.id) > 2 ORDER BY 1
SELECT p.id FROM people p WHERE (SELECT count(*) FROM orders o WHERE o.customer = p.id) = 0 ORDER BY 1
SELECT p.id FROM people p ORDER BY (SELECT count(*) FROM orders o WHERE o.customer = p.id) DESC, p.id
SELECT city, count(*) FROM people p GROUP BY city HAVING count(*) > (SELECT 1) ORDER BY 1
SELECT city, count(*) FROM people p GROUP BY city HAVING EXISTS (SELECT 1 FROM people q WHERE q.city = p.city AND q.id > 3) ORDER BY 1
SELECT city, (SELECT count(*) FROM people q WHERE q.city = p.city) FROM people p GROUP BY city ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id AND o.amount > 100) ORDER BY 1
SELECT p.id FROM people p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id) ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT FROM orders o WHERE o.customer = p.id) ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT * FROM orders o WHERE o.customer = p.id LIMIT 1) ORDER BY 1
SELECT p.id FROM people p WHERE p.id IN (SELECT customer FROM orders) ORDER BY 1
SELECT p.id FROM people p WHERE p.id NOT IN (SELECT customer FROM orders) ORDER BY 1
SELECT p.id FROM people p WHERE p.id NOT IN (SELECT customer FROM orders WHERE customer IS NOT NULL) ORDER BY 1
SELECT p.id FROM people p WHERE p.id IN (SELECT o.customer FROM orders o WHERE o.id > p.id) ORDER BY 1
SELECT p.id FROM people p WHERE (p.id, p.city) IN (SELECT id, city FROM people WHERE id < 3) ORDER BY 1
SELECT p.id FROM people p WHERE (p.id, p.manager) NOT IN (SELECT id, manager FROM people WHERE id < 3) ORDER BY 1
SELECT p.id FROM people p WHERE p.id = ANY (SELECT customer FROM orders) ORDER BY 1
SELECT p.id FROM people p WHERE p.id = SOME (SELECT customer FROM orders) ORDER BY 1
SELECT p.id FROM people p WHERE p.id <> ALL (SELECT customer FROM orders WHERE customer IS NOT NULL) ORDER BY 1
SELECT p.id FROM people p WHERE p.id > ALL (SELECT customer FROM orders WHERE amount > 100) ORDER BY 1
SELECT p.id FROM people p WHERE p.id > ANY (SELECT customer FROM orders WHERE amount > 100) ORDER BY 1
SELECT p.id FROM people p WHERE p.id < ALL (SELECT customer FROM orders WHERE false) ORDER BY 1
SELECT p.id FROM people p WHERE p.id >= ALL (SELECT q.id FROM people q WHERE q.city = p.city) ORDER BY 1
SELECT 1 = ANY (SELECT 1), 1 = ANY (SELECT 2), 1 = ANY (SELECT NULL::int), 1 = ANY (SELECT 1 WHERE false)
SELECT 1 < ALL (SELECT 2), 1 < ALL (SELECT 0), 1 < ALL (SELECT NULL::int), 1 < ALL (SELECT 1 WHERE false)
SELECT 1 = ALL (VALUES (1), (1)), 1 <> ANY (VALUES (1), (2)), 3 > ANY (VALUES (1), (NULL)), 0 > ANY (VALUES (1), (NULL))
SELECT x, x IN (VALUES (1), (NULL)) FROM (VALUES (1), (2), (NULL)) v(x) ORDER BY x
SELECT x, x NOT IN (VALUES (1), (NULL)) FROM (VALUES (1), (2), (NULL)) v(x) ORDER BY x
SELECT x, x IN (SELECT 1 WHERE false), x NOT IN (SELECT 1 WHERE false) FROM (VALUES (1), (NULL)) v(x) ORDER BY x
SELECT x, x = ANY (VALUES (1), (2)), x > ALL (VALUES (1), (0)) FROM (VALUES (1), (2), (NULL)) v(x) ORDER BY x
SELECT x FROM (VALUES (1), (2), (NULL)) v(x) WHERE x NOT IN (VALUES (1), (NULL))
SELECT x FROM (VALUES (1), (2), (NULL)) v(x) WHERE x NOT IN (VALUES (1)) ORDER BY 1
SELECT x FROM (VALUES (1), (2), (3)) v(x) WHERE x > (SELECT avg(y) FROM (VALUES (1), (2), (3)) w(y))
SELECT x, (SELECT max(y) FROM (VALUES (1), (2), (3)) w(y) WHERE y < x) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, (SELECT y FROM (VALUES (1, 10), (2, 20)) w(k, y) WHERE k = x) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, EXISTS (SELECT 1 FROM (VALUES (1), (2)) w(y) WHERE y = x) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, (SELECT count(*) FROM (VALUES (1), (2)) w(y) WHERE y > x) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, (SELECT x + 1) FROM (VALUES (1), (2)) v(x) ORDER BY x
SELECT x, (SELECT x + y FROM (SELECT 10 AS y) w) FROM (VALUES (1), (2)) v(x) ORDER BY x
SELECT x, (SELECT sum(x + y) FROM (VALUES (1), (2)) w(y)) FROM (VALUES (1), (2)) v(x) ORDER BY x
-- differs sqlstate: an aggregate of outer columns alone is refused
SELECT x, (SELECT sum(x) FROM (VALUES (1), (2)) w(y)) FROM (VALUES (1), (2)) v(x) ORDER BY x
SELECT x, (SELECT string_agg(y, ',' ORDER BY y) FROM (VALUES (1, 'a'), (1, 'b'), (2, 'c')) w(k, y) WHERE k = x) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, ARRAY(SELECT y FROM (VALUES (1), (2), (3)) w(y) WHERE y <= x ORDER BY y) FROM (VALUES (0), (2)) v(x) ORDER BY x
SELECT ARRAY(SELECT id FROM people ORDER BY id)
SELECT ARRAY(SELECT 1 WHERE false)
SELECT x, (SELECT w.y FROM (VALUES (1), (2), (3)) w(y) WHERE w.y > v.x ORDER BY w.y DESC LIMIT 1) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, (SELECT count(*) FROM generate_series(1, x)) FROM (VALUES (1), (4)) v(x) ORDER BY x
SELECT x, (SELECT sum(g) FROM generate_series(1, x) g) FROM (VALUES (1), (4)) v(x) ORDER BY x
SELECT x, (SELECT sum(u) FROM unnest(a) u) FROM (VALUES (1, ARRAY[1, 2]), (2, ARRAY[5])) v(x, a) ORDER BY x
SELECT x, (SELECT count(*) FROM (VALUES (1), (2)) w(y) WHERE y = x OR y = x + 1) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, (SELECT count(*) FROM (VALUES (1), (2)) w(y) WHERE y <> x) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, (SELECT coalesce(sum(y), 0) FROM (VALUES (1), (2)) w(y) WHERE y = x) FROM (VALUES (1), (3)) v(x) ORDER BY x
SELECT x, (SELECT count(*) + 1 FROM (VALUES (1), (2)) w(y) WHERE y = x) FROM (VALUES (1), (3)) v(x) ORDER BY x
SELECT x, (SELECT CASE WHEN count(*) > 0 THEN 'y' ELSE 'n' END FROM (VALUES (1), (2)) w(y) WHERE y = x) FROM (VALUES (1), (3)) v(x) ORDER BY x
SELECT x, coalesce((SELECT y FROM (VALUES (1)) w(y) WHERE y = x), -1) FROM (VALUES (1), (3)) v(x) ORDER BY x
SELECT x, (SELECT y FROM (VALUES (1), (1)) w(y) WHERE y = x) FROM (VALUES (1), (3)) v(x) ORDER BY x
SELECT x, (SELECT DISTINCT y FROM (VALUES (1), (1)) w(y) WHERE y = x) FROM (VALUES (1), (3)) v(x) ORDER BY x
-- differs error: GROUPING SETS in a sub-query that reads outer columns
SELECT x, (SELECT min(y) FROM (VALUES (1), (2)) w(y) WHERE y > x GROUP BY ()) FROM (VALUES (1), (3)) v(x) ORDER BY x
SELECT x, (SELECT max(c) FROM (SELECT count(*) AS c FROM (VALUES (1), (1), (2)) w(y) WHERE y >= x GROUP BY y) s) FROM (VALUES (1), (2), (3)) v(x) ORDER BY x
SELECT x, (SELECT y FROM (VALUES (1), (2)) w(y) WHERE y = x UNION SELECT 9 WHERE x > 2) FROM (VALUES (1), (3)) v(x) ORDER BY x
SELECT x, (WITH c AS (SELECT y FROM (VALUES (1), (2)) w(y) WHERE y > x) SELECT count(*) FROM c) FROM (VALUES (1), (3)) v(x) ORDER BY x
SELECT x FROM (VALUES (1), (2)) v(x) WHERE x = (SELECT y FROM (VALUES (2)) w(y))
SELECT x FROM (VALUES (1), (2)) v(x) WHERE x IN (SELECT x FROM (VALUES (2)) w(y)) ORDER BY 1
SELECT id FROM people WHERE id IN (SELECT nothing FROM orders)
SELECT id FROM people WHERE id = (SELECT customer FROM orders)
SELECT id FROM people WHERE (SELECT true) ORDER BY 1 LIMIT 1
SELECT id FROM people WHERE id = (SELECT min(customer) FROM orders)
SELECT p.id, (SELECT q.name FROM people q WHERE q.id = p.manager) AS manager FROM people p ORDER BY 1
SELECT p.id, (SELECT (SELECT r.name FROM people r WHERE r.id = q.manager) FROM people q WHERE q.id = p.manager) AS grand FROM people p ORDER BY 1
SELECT o.id FROM orders o WHERE o.amount = (SELECT max(x.amount) FROM orders x WHERE x.channel = o.channel) ORDER BY 1
SELECT o.id FROM orders o WHERE o.amount > (SELECT avg(x.amount) FROM orders x WHERE x.customer = o.customer) ORDER BY 1
SELECT o.id FROM orders o WHERE o.amount >= ALL (SELECT x.amount FROM orders x WHERE x.channel = o.channel AND x.amount IS NOT NULL) ORDER BY 1
SELECT sum((SELECT count(*) FROM orders o WHERE o.customer = p.id)) FROM people p
SELECT city, sum((SELECT count(*) FROM orders o WHERE o.customer = p.id)) FROM people p GROUP BY city ORDER BY 1
SELECT max(id), (SELECT max(id) FROM people) FROM orders
SELECT count(*) FILTER (WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id)) FROM people p
SELECT CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id) THEN 'buyer' ELSE 'none' END AS kind, count(*) FROM people p GROUP BY 1 ORDER BY 1
SELECT CASE WHEN p.id IN (SELECT customer FROM orders WHERE amount > 100) THEN 1 ELSE 0 END FROM people p ORDER BY p.id
SELECT p.id FROM people p WHERE p.id IN (SELECT customer FROM orders) OR p.city = 'Oslo' ORDER BY 1
SELECT p.id FROM people p WHERE NOT (p.id IN (SELECT customer FROM orders WHERE customer < 4)) ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id) = (p.city = 'Paris') ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id AND EXISTS (SELECT 1 FROM people q WHERE q.manager = p.id AND q.id > o.customer)) ORDER BY 1
SELECT (SELECT p.name FROM people p WHERE p.id = o.customer) AS who, count(*) FROM orders o GROUP BY 1 ORDER BY 1
SELECT o.id, (SELECT count(*) FROM orders x WHERE x.ordered_at < o.ordered_at) AS before FROM orders o ORDER BY 1
SELECT o.id, (SELECT sum(x.amount) FROM orders x WHERE x.id <= o.id) AS running FROM orders o ORDER BY 1
SELECT o.id, (SELECT max(x.ordered_at) FROM orders x WHERE x.customer = o.customer AND x.ordered_at < o.ordered_at) AS previous FROM orders o ORDER BY 1
SELECT (SELECT ROW(1, 2))
SELECT (1, 2) = (SELECT 1, 2)
SELECT (SELECT i FROM t WHERE false) IS NULL
SELECT i, (SELECT n FROM t u WHERE u.i = t.i) FROM t ORDER BY i
SELECT i FROM t WHERE n = (SELECT max(n) FROM t)
SELECT i FROM t a WHERE n > (SELECT avg(n) FROM t b WHERE b.x = a.x) ORDER BY i
VALUES ((SELECT 1)), ((SELECT 2))
SELECT * FROM (VALUES ((SELECT max(id) FROM people), 1)) v
SELECT EXISTS (SELECT 1 FROM people WHERE id > 100), NOT EXISTS (SELECT 1 FROM people)
SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM orders) AS total
SELECT (SELECT x FROM (VALUES (1), (2)) v(x) ORDER BY x DESC LIMIT 1)
SELECT id, (SELECT count(*) FROM people p WHERE p.id < orders.id) FROM orders WHERE id < 4 ORDER BY id
SELECT (SELECT count(*) FROM orders WHERE customer = people.id AND amount > people.score * 10) FROM people ORDER BY id
SELECT p.id, (SELECT o.channel FROM orders o WHERE o.customer = p.id GROUP BY o.channel ORDER BY count(*) DESC, o.channel LIMIT 1) FROM people p ORDER BY 1
SELECT p.id, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY o.amount) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT c.id, (SELECT 100.0 * count(amount) / count(*) FROM orders o WHERE o.customer = c.id) FROM people c WHERE c.id IN (SELECT customer FROM orders) ORDER BY 1
SELECT c.id, (SELECT round(100.0 * count(returned) / count(*), 1) FROM orders o WHERE o.customer = c.id AND quantity > 0) FROM people c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND quantity > 0) ORDER BY 1
SELECT c.id, (SELECT count(amount) / nullif(count(*), 0) FROM orders o WHERE o.customer = c.id) FROM people c ORDER BY 1
SELECT c.id, (SELECT sum(amount) / count(*) FROM orders o WHERE o.customer = c.id) FROM people c WHERE id > 100
SELECT c.id, (SELECT 1 / count(*) FROM orders o WHERE o.customer = c.id) FROM people c
SELECT p.id, (SELECT count(*) IS NULL FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) IS NOT NULL FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT coalesce(sum(amount), 0) IS NULL FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
-- differs written: as many decimals as the column has
SELECT p.id, (SELECT coalesce(sum(amount), 0) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
-- differs written: as many decimals as the column has
SELECT p.id, (SELECT coalesce(sum(amount), 0) + 1 FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT CASE WHEN count(*) = 0 THEN 'none' ELSE 'some' END FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT CASE WHEN sum(amount) IS NULL THEN 'none' ELSE 'some' END FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) + count(amount) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT sum(amount) FROM orders o WHERE o.customer = p.id) IS NULL FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) > 1 FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) = 0 OR max(amount) > 50 FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT nullif(count(*), 0) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT concat('n=', count(*)) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT bool_or(returned) IS TRUE FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT NOT coalesce(bool_or(returned), false) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
-- differs written: as many decimals as the column has
SELECT p.id, (SELECT greatest(sum(amount), 5) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT max(amount) IN (80.80, 120.50) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) BETWEEN 0 AND 1 FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) FILTER (WHERE amount > 10) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT array_length(array_agg(o.id), 1) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT 5 FROM orders o WHERE o.customer = p.id HAVING count(*) = 0) FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) FROM orders o WHERE o.customer = p.id HAVING count(*) > 1) FROM people p ORDER BY 1
SELECT p.id FROM people p WHERE (SELECT count(*) FROM orders o WHERE o.customer = p.id) IS NULL ORDER BY 1
SELECT p.id FROM people p WHERE (SELECT coalesce(max(amount), -1) FROM orders o WHERE o.customer = p.id) < 0 ORDER BY 1
SELECT p.id, (SELECT to_json(count(*)) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT CAST(count(*) AS text) || '!' FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT (count(*), 1) IS NULL FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) IS DISTINCT FROM 0 FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, (SELECT 'a' FROM (SELECT count(*) c FROM orders o WHERE o.customer = p.id) q WHERE c = 0) FROM people p ORDER BY 1
SELECT p.id FROM people p WHERE p.id = 1 OR p.id NOT IN (SELECT customer FROM orders) ORDER BY 1
SELECT p.id FROM people p WHERE NOT (p.id > 3 AND p.id IN (SELECT customer FROM orders WHERE channel = 'web')) ORDER BY 1
SELECT p.id FROM people p WHERE p.id = 1 OR NOT (p.id IN (SELECT customer FROM orders)) ORDER BY 1
SELECT p.id FROM people p WHERE (p.id IN (SELECT customer FROM orders)) IS NOT TRUE ORDER BY 1
SELECT p.id FROM people p WHERE (p.id IN (SELECT customer FROM orders)) IS NULL ORDER BY 1
SELECT p.id FROM people p WHERE (p.id IN (SELECT customer FROM orders)) = false ORDER BY 1
SELECT p.id FROM people p WHERE (p.manager IN (SELECT customer FROM orders)) IS NULL ORDER BY 1
SELECT p.id FROM people p WHERE CASE WHEN p.id IN (SELECT customer FROM orders) THEN false ELSE true END ORDER BY 1
SELECT p.id FROM people p WHERE CASE WHEN p.id NOT IN (SELECT customer FROM orders) THEN false ELSE true END ORDER BY 1
SELECT p.id FROM people p WHERE coalesce(p.id IN (SELECT customer FROM orders WHERE customer IS NULL OR customer < 3), true) ORDER BY 1
SELECT p.id FROM people p WHERE p.manager = ANY (SELECT customer FROM orders WHERE channel = 'web') IS NULL ORDER BY 1
SELECT p.id FROM people p WHERE p.id = 4 OR p.manager IN (SELECT o.customer FROM orders o WHERE o.quantity > p.id) ORDER BY 1
SELECT p.id FROM people p WHERE p.id = 4 OR p.manager NOT IN (SELECT o.customer FROM orders o WHERE o.quantity > p.id) ORDER BY 1
SELECT p.id FROM people p WHERE p.manager NOT IN (SELECT customer FROM orders WHERE false) ORDER BY 1
SELECT p.id FROM people p WHERE p.manager NOT IN (SELECT customer FROM orders WHERE customer IS NOT NULL) ORDER BY 1
SELECT p.id FROM people p WHERE p.id NOT IN (SELECT o.customer FROM orders o WHERE o.id > p.id + 10) ORDER BY 1
SELECT p.id FROM people p LEFT JOIN orders o ON o.customer = p.id AND p.id NOT IN (SELECT customer FROM orders) ORDER BY 1
SELECT p.id FROM people p JOIN orders o ON o.customer = p.id AND o.id NOT IN (SELECT customer FROM orders) ORDER BY 1
SELECT p.city FROM people p GROUP BY p.city HAVING count(*) NOT IN (SELECT customer FROM orders) ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id) IS FALSE ORDER BY 1
SELECT p.id FROM people p WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id) OR p.id = 2 ORDER BY 1
SELECT y + 1 FROM (SELECT x::int AS y FROM (VALUES ('1'), ('a'), ('2')) v(x) WHERE x ~ '^\d+$') s WHERE y > 1
SELECT y FROM (SELECT x::int AS y FROM (VALUES ('1'), ('a'), ('2'), ('30')) v(x) WHERE x ~ '^\d+$') s WHERE y > 1 AND y < 9
WITH n AS (SELECT i, 100 / b AS q FROM t WHERE b <> 0) SELECT i FROM n WHERE q > 1 ORDER BY i
WITH n AS (SELECT i, 100 / b AS q FROM t WHERE b <> 0) SELECT n.i FROM n JOIN people p ON p.id = n.q / 2 ORDER BY 1
WITH n AS (SELECT x::int AS y FROM (VALUES ('1'), ('a'), ('2')) v(x) WHERE x ~ '^\d+$') SELECT name FROM n JOIN people ON id = y ORDER BY 1
WITH n AS (SELECT x::int AS y FROM (VALUES ('1'), ('a'), ('2')) v(x) WHERE x ~ '^\d+$') SELECT name FROM people WHERE id IN (SELECT y FROM n) ORDER BY 1
WITH n AS (SELECT x::int AS y FROM (VALUES ('1'), ('a'), ('2')) v(x) WHERE x ~ '^\d+$') SELECT count(*) FROM n GROUP BY y HAVING y > 1
SELECT p.id FROM people p WHERE p.id NOT IN (SELECT o.customer FROM orders o WHERE o.channel = p.city) ORDER BY 1
SELECT p.id FROM people p WHERE p.id IN (SELECT o.customer FROM orders o WHERE o.channel = p.city) ORDER BY 1
SELECT p.id, p.id IN (SELECT o.customer FROM orders o WHERE o.channel = 'web' AND o.quantity = p.id) FROM people p ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id OFFSET 1) ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id LIMIT 0) ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id OFFSET 2 LIMIT 1) ORDER BY 1
SELECT p.id, (SELECT 'const' FROM orders o WHERE o.customer = p.id LIMIT 1) FROM people p WHERE p.id > 5 ORDER BY 1
SELECT p.id, ARRAY(SELECT o.channel FROM orders o WHERE o.customer = p.id ORDER BY o.id LIMIT 2) FROM people p ORDER BY 1
SELECT p.id FROM people p WHERE p.id > ALL (SELECT o.quantity FROM orders o WHERE o.customer = p.id) ORDER BY 1
SELECT p.id FROM people p WHERE p.id > ANY (SELECT o.quantity FROM orders o WHERE o.customer = p.id) ORDER BY 1
SELECT p.id FROM people p WHERE NOT (p.id > ANY (SELECT o.quantity FROM orders o WHERE o.customer = p.id)) ORDER BY 1
SELECT p.id FROM people p WHERE (p.id, p.city) IN (SELECT o.customer, o.channel FROM orders o) ORDER BY 1
SELECT p.id FROM people p WHERE (p.id, p.manager) NOT IN (SELECT o.customer, o.quantity FROM orders o WHERE o.customer IS NOT NULL) ORDER BY 1
SELECT p.id FROM people p WHERE (p.id, p.manager) NOT IN (SELECT o.customer, o.quantity FROM orders o) ORDER BY 1
SELECT p.id FROM people p WHERE p.manager IN (SELECT id FROM people q WHERE q.city = p.city) ORDER BY 1
SELECT p.id FROM people p WHERE p.manager NOT IN (SELECT id FROM people q WHERE q.city = p.city) ORDER BY 1
SELECT p.id, count(*) FILTER (WHERE o.id IN (SELECT customer FROM orders)) FROM people p LEFT JOIN orders o ON o.customer = p.id GROUP BY p.id ORDER BY 1
SELECT p.id, sum(o.amount) OVER (PARTITION BY p.city ORDER BY o.id) FROM people p JOIN orders o ON o.customer = p.id ORDER BY o.id
SELECT p.id, o.id, first_value(o.channel) OVER (PARTITION BY p.id ORDER BY o.id), lag(o.amount) OVER (PARTITION BY p.id ORDER BY o.id) FROM people p LEFT JOIN orders o ON o.customer = p.id ORDER BY 1, 2
SELECT * FROM (SELECT p.id, row_number() OVER (PARTITION BY p.city ORDER BY p.id DESC) r FROM people p) q WHERE r = 1 AND id <> 4 ORDER BY id
SELECT * FROM (SELECT p.id, p.city, rank() OVER (PARTITION BY p.city ORDER BY p.score) r FROM people p) q WHERE city = 'Paris' ORDER BY id
SELECT p.id FROM people p WHERE p.id = (SELECT max(o.customer) FROM orders o WHERE o.quantity < p.id) ORDER BY 1
SELECT p.id, (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.amount DESC NULLS LAST, o.id LIMIT 1) FROM people p ORDER BY 1
SELECT p.id, q.total FROM people p LEFT JOIN LATERAL (SELECT sum(amount) AS total FROM orders o WHERE o.customer = p.id) q ON q.total > 50 ORDER BY 1
SELECT p.id, q.n FROM people p CROSS JOIN LATERAL (SELECT count(*) AS n FROM orders o WHERE o.customer = p.id) q ORDER BY 1
SELECT p.id, q.n IS NULL FROM people p LEFT JOIN LATERAL (SELECT count(*) AS n FROM orders o WHERE o.customer = p.id) q ON true ORDER BY 1
SELECT p.id, q.n FROM people p, LATERAL (SELECT count(*) + coalesce(sum(o.quantity), 0) AS n FROM orders o WHERE o.customer = p.id) q ORDER BY 1
SELECT a.id, b.id FROM people a LEFT JOIN people b ON b.manager = a.id AND b.id <> 3 WHERE b.id IS NULL OR b.city = 'Paris' ORDER BY 1, 2
SELECT a.id, b.id FROM people a FULL JOIN people b ON b.manager = a.id AND a.city = 'Berlin' ORDER BY 1, 2
SELECT a.id FROM people a LEFT JOIN people b ON b.manager = a.id WHERE NOT (b.id > 3) ORDER BY 1
SELECT a.id FROM people a LEFT JOIN people b ON b.manager = a.id WHERE coalesce(b.id, 0) < 3 ORDER BY 1
SELECT a.id FROM people a LEFT JOIN people b ON b.manager = a.id AND false ORDER BY 1
SELECT a.id, b.id FROM people a RIGHT JOIN people b ON b.manager = a.id WHERE a.id IS NULL ORDER BY 2
WITH RECURSIVE r(id, depth) AS (SELECT id, 0 FROM people WHERE manager IS NULL UNION ALL SELECT p.id, r.depth + 1 FROM people p JOIN r ON p.manager = r.id) SELECT * FROM r ORDER BY id
WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT (n % 3) + 1 FROM r) SELECT * FROM r ORDER BY n
WITH a AS (SELECT id FROM people), b AS (SELECT id FROM a WHERE id > 3), a2 AS (SELECT * FROM b) SELECT count(*) FROM a2, a
SELECT i, (WITH c AS (SELECT t.i + 1 AS j) SELECT j FROM c) FROM t ORDER BY i
SELECT i FROM t WHERE i IN (SELECT i FROM t WHERE b IS NOT NULL EXCEPT SELECT customer FROM orders WHERE channel = 'web') ORDER BY i
SELECT max(i) FROM t WHERE i < (SELECT avg(i) FROM t) AND EXISTS (SELECT 1 FROM people WHERE id = t.i AND score / nullif(score, 0) = 1)
SELECT count(*) FROM t WHERE (SELECT true)
SELECT i FROM t WHERE (SELECT NULL::boolean) IS NULL AND i < 3 ORDER BY i
SELECT i, (SELECT count(*) FROM people p WHERE p.id < t.i AND p.city = (SELECT city FROM people q WHERE q.id = t.i)) FROM t ORDER BY i
SELECT id FROM orders o WHERE amount = (SELECT max(amount) FROM orders x WHERE x.channel = o.channel) ORDER BY id
SELECT id FROM orders o WHERE amount > (SELECT avg(amount) FROM orders x WHERE x.channel IS NOT DISTINCT FROM o.channel) ORDER BY id
SELECT id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM orders x WHERE x.customer = o.customer AND x.ordered_at > o.ordered_at) ORDER BY id
SELECT id FROM orders o WHERE (SELECT count(*) FROM orders x WHERE x.customer = o.customer AND x.id < o.id) = 1 ORDER BY id
SELECT DISTINCT (SELECT count(*) FROM orders o WHERE o.customer = p.id) FROM people p ORDER BY 1
SELECT (SELECT count(*) FROM orders o WHERE o.customer = p.id) AS n, count(*) FROM people p GROUP BY 1 ORDER BY 1
SELECT CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id) THEN 'y' ELSE 'n' END, p.id FROM people p ORDER BY 2
SELECT p.id FROM people p WHERE CASE WHEN p.id > 3 THEN EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id AND o.channel = 'web') ELSE true END ORDER BY 1
SELECT p.id FROM people p WHERE coalesce((SELECT max(o.amount) FROM orders o WHERE o.customer = p.id), 0) < 20 ORDER BY 1
SELECT p.id, p.manager IN (1, 2, NULL), p.manager NOT IN (1, NULL), p.manager IN (SELECT 1 UNION ALL SELECT NULL) FROM people p ORDER BY 1
SELECT p.id FROM people p WHERE (p.manager IN (1, NULL)) IS NULL ORDER BY 1
SELECT i FROM t WHERE (x AND NULL) IS NULL ORDER BY i
SELECT i FROM t WHERE NOT (x AND i > 3) ORDER BY i
SELECT i FROM t WHERE (x OR NULL) IS NOT TRUE ORDER BY i
SELECT sum(amount) FILTER (WHERE channel = 'web') OVER (ORDER BY id), id FROM orders ORDER BY id
SELECT channel, sum(sum(amount)) OVER (ORDER BY channel NULLS FIRST), rank() OVER (ORDER BY count(*) DESC) FROM orders GROUP BY channel ORDER BY channel NULLS FIRST
SELECT o.id, p.name, count(*) OVER (PARTITION BY p.id) FROM orders o LEFT JOIN people p ON p.id = o.customer ORDER BY o.id
SELECT json_agg(q) FROM (SELECT id, name FROM people WHERE id < 3 ORDER BY id) q
SELECT json_agg(json_build_object('id', p.id, 'orders', (SELECT json_agg(json_build_object('n', o.id, 'a', o.amount) ORDER BY o.id) FROM orders o WHERE o.customer = p.id)) ORDER BY p.id) FROM people p WHERE p.id < 4
SELECT jsonb_build_object('a', jsonb_agg(i ORDER BY i), 'b', (SELECT jsonb_object_agg(id, city) FROM people WHERE id < 3)) FROM t
SELECT j ->> 'a' FROM (SELECT to_jsonb(q) AS j FROM (SELECT 1 AS a) q) z
SELECT j #>> '{a,0,b}', j #> '{a,0}', j -> 'a' -> -1, j @? '$.a' IS NULL FROM (VALUES ('{"a":[{"b":"x"}]}'::jsonb)) v(j)
SELECT j ->> 'n' FROM (VALUES ('{"n":2}'::jsonb), ('{"n":10}')) v(j) ORDER BY j -> 'n'
SELECT j -> 'n' FROM (VALUES ('{"n":2}'::jsonb), ('{"n":10}')) v(j) ORDER BY (j ->> 'n')::int DESC
SELECT DISTINCT j -> 'n' FROM (VALUES ('{"n":2}'::jsonb), ('{"n":2, "m":1}')) v(j)
SELECT coalesce(j -> 'x', 'null'::jsonb), j ? 'n', j || '{"m":1}' FROM (VALUES ('{"n":2}'::jsonb)) v(j)
SELECT key, value FROM jsonb_each('{"b":[1,2],"a":{"x":1.50}}') ORDER BY key
SELECT value FROM jsonb_array_elements('[3,1,"a",null]') ORDER BY value
SELECT min(x), max(x) FROM (SELECT (jsonb_array_elements_text('[3,1,2]'))::int AS x) q
SELECT row_to_json(q) FROM (SELECT p.id, (SELECT json_agg(o.id ORDER BY o.id) FROM orders o WHERE o.customer = p.id) AS orders FROM people p WHERE p.id = 2) q
SELECT '{"a":null}'::jsonb -> 'a' IS NULL, '{"a":null}'::jsonb ->> 'a' IS NULL, '{"a":null}'::jsonb -> 'b' IS NULL
SELECT amount, name FROM (SELECT p.*, o.amount FROM people p JOIN orders o ON p.id = o.customer) AS v ORDER BY amount, name
SELECT v.quantity, v.city FROM (SELECT p.*, quantity FROM people p JOIN orders o ON p.id = o.customer WHERE o.id < 5) AS v ORDER BY 1, 2
WITH v AS (SELECT o.*, p.name AS who, p.city FROM orders o JOIN people p ON p.id = o.customer) SELECT city, sum(amount) FROM v WHERE city = 'Paris' GROUP BY city
WITH v AS (SELECT *, p.id AS person FROM orders o JOIN people p ON p.id = o.customer) SELECT person, count(*) FROM v GROUP BY person ORDER BY person
SELECT count(*) FROM (SELECT o.*, o.amount FROM orders o) AS v WHERE v.id > 3
SELECT (SELECT max(o.x)) FROM (VALUES (1), (2)) o (x)
SELECT g, (SELECT sum(o.x)) FROM (VALUES (1, 1), (1, 2), (2, 5)) o (g, x) GROUP BY g
SELECT (SELECT sum(o.x + i.y) FROM (VALUES (10), (20)) i (y)) FROM (VALUES (1), (2)) o (x)
SELECT x, (SELECT sum(o.i) + 1) AS s FROM t o GROUP BY x
SELECT (SELECT count(*)) FROM t
SELECT (SELECT max(i)) FROM t
SELECT channel FROM orders o GROUP BY channel HAVING (SELECT sum(o.quantity)) > 10 ORDER BY 1
-- differs error: aggregates of the outer query in a sub-query with a FROM of its own
SELECT (SELECT max(o.x) FROM (VALUES (10), (20)) i (y) LIMIT 1) FROM (VALUES (1), (2)) o (x)
