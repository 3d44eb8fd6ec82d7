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
-- differs value+type: a row in a result is JSON; its fields have no names
SELECT (SELECT ROW(1, 2))
-- differs error: a row beside a sub-query
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
