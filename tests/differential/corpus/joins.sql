SELECT o.id, p.name FROM orders o JOIN people p ON p.id = o.customer ORDER BY o.id
SELECT o.id, p.name FROM orders o LEFT JOIN people p ON p.id = o.customer ORDER BY o.id
SELECT o.id, p.name FROM orders o RIGHT JOIN people p ON p.id = o.customer ORDER BY p.id, o.id
SELECT o.id, p.id FROM orders o FULL JOIN people p ON p.id = o.customer ORDER BY o.id, p.id
SELECT count(*) FROM orders CROSS JOIN people
SELECT count(*) FROM orders, people WHERE orders.customer = people.id
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) a(id, x) JOIN (VALUES (2, 'c'), (3, 'd')) b(id, y) USING (id)
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) a(id, x) LEFT JOIN (VALUES (2, 'c'), (3, 'd')) b(id, y) USING (id) ORDER BY id
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) a(id, x) RIGHT JOIN (VALUES (2, 'c'), (3, 'd')) b(id, y) USING (id) ORDER BY id
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) a(id, x) FULL JOIN (VALUES (2, 'c'), (3, 'd')) b(id, y) USING (id) ORDER BY id
SELECT id FROM (VALUES (1, 'a'), (2, 'b')) a(id, x) FULL JOIN (VALUES (2, 'c'), (3, 'd')) b(id, y) USING (id) ORDER BY id
SELECT id, a.id, b.id FROM (VALUES (1, 'a'), (2, 'b')) a(id, x) FULL JOIN (VALUES (2, 'c'), (3, 'd')) b(id, y) USING (id) ORDER BY id
SELECT id FROM (VALUES (1, 'a'), (2, 'b')) a(id, x) RIGHT JOIN (VALUES (2, 'c'), (3, 'd')) b(id, y) USING (id) ORDER BY id
SELECT count(id) FROM (VALUES (1), (2)) a(id) FULL JOIN (VALUES (2), (3)) b(id) USING (id)
SELECT id, count(*) FROM (VALUES (1), (2)) a(id) FULL JOIN (VALUES (2), (3)) b(id) USING (id) GROUP BY id ORDER BY id
SELECT id FROM (VALUES (1), (2)) a(id) FULL JOIN (VALUES (2), (3)) b(id) USING (id) WHERE id > 1 ORDER BY id
SELECT * FROM (VALUES (1, 2, 'a')) a(x, id, z) JOIN (VALUES (2, 'c')) b(id, y) USING (id)
SELECT * FROM (VALUES (1, 2)) a(x, y) NATURAL JOIN (VALUES (2, 3)) b(y, z)
SELECT * FROM (VALUES (1, 2), (5, 6)) a(x, y) NATURAL LEFT JOIN (VALUES (2, 3)) b(y, z) ORDER BY x
SELECT * FROM (VALUES (1, 2), (5, 6)) a(x, y) NATURAL FULL JOIN (VALUES (2, 3), (7, 8)) b(y, z) ORDER BY y
SELECT * FROM (VALUES (1)) a(x) NATURAL JOIN (VALUES (2), (3)) b(y) ORDER BY y
SELECT a.*, b.* FROM (VALUES (1, 'a')) a(id, x) JOIN (VALUES (1, 'c')) b(id, y) USING (id)
SELECT a.id, b.id FROM (VALUES (1, 'a')) a(id, x) JOIN (VALUES (1, 'c')) b(id, y) USING (id)
SELECT id FROM (VALUES (1)) a(id) JOIN (VALUES (1)) b(id) ON a.id = b.id
SELECT id FROM (VALUES (1)) a(id), (VALUES (1)) b(id)
SELECT * FROM (VALUES (1)) a(id) JOIN (VALUES (1)) b(id) ON a.id = b.id
SELECT * FROM (VALUES (1)) a(id) JOIN (VALUES (1)) b(id) USING (nothing)
SELECT * FROM (VALUES (1, 1)) a(id, x) JOIN (VALUES (1, 2)) b(id, x) USING (id, x)
SELECT * FROM (VALUES (1)) a(id) JOIN (VALUES (1)) b(id) USING (id) JOIN (VALUES (1)) c(id) USING (id)
SELECT * FROM (VALUES (1), (4)) a(id) FULL JOIN (VALUES (1), (2)) b(id) USING (id) FULL JOIN (VALUES (2), (3)) c(id) USING (id) ORDER BY id
-- differs type: the merged column has the type of the left side
SELECT * FROM (VALUES (1)) a(id) JOIN (VALUES (1::int8)) b(id) USING (id)
SELECT id FROM (VALUES (1)) a(id) FULL JOIN (VALUES (2::int8)) b(id) USING (id) ORDER BY 1
SELECT j.id, j.x FROM ((VALUES (1, 'a')) a(id, x) JOIN (VALUES (1, 'c')) b(id, y) USING (id)) AS j
-- differs error: a name for the columns of USING
SELECT * FROM (VALUES (1, 'a')) a(id, x) JOIN (VALUES (1, 'c')) b(id, y) USING (id) AS u
-- differs error: a name for the columns of USING
SELECT u.id FROM (VALUES (1, 'a')) a(id, x) JOIN (VALUES (1, 'c')) b(id, y) USING (id) AS u
SELECT a.x FROM (VALUES (1)) a(x) JOIN (VALUES (1)) a(x) ON true
SELECT p.name, m.name AS manager FROM people p LEFT JOIN people m ON m.id = p.manager ORDER BY p.id
SELECT a.x, b.y FROM (VALUES (1), (NULL)) a(x) JOIN (VALUES (1), (NULL)) b(y) ON a.x = b.y
SELECT a.x, b.y FROM (VALUES (1), (NULL)) a(x) JOIN (VALUES (1), (NULL)) b(y) ON a.x IS NOT DISTINCT FROM b.y ORDER BY 1
SELECT a.x, b.y FROM (VALUES (1), (5)) a(x) JOIN (VALUES (2), (3)) b(y) ON a.x < b.y ORDER BY 1, 2
SELECT a.x, b.y FROM (VALUES (1), (5)) a(x) LEFT JOIN (VALUES (2), (3)) b(y) ON a.x < b.y ORDER BY 1, 2
SELECT a.x, b.y FROM (VALUES (1), (5)) a(x) FULL JOIN (VALUES (2), (3)) b(y) ON a.x = b.y AND a.x > 3 ORDER BY 1, 2
SELECT a.x, b.y FROM (VALUES (1), (5)) a(x) LEFT JOIN (VALUES (2), (3)) b(y) ON false ORDER BY 1, 2
SELECT count(*) FROM orders o LEFT JOIN people p ON p.id = o.customer AND p.city = 'Paris' WHERE p.id IS NULL
SELECT o.id, l.double FROM orders o, LATERAL (SELECT o.quantity * 2 AS double) l ORDER BY 1 LIMIT 3
SELECT p.id, l.id, l.amount FROM people p CROSS JOIN LATERAL (SELECT o.id, o.amount FROM orders o WHERE o.customer = p.id ORDER BY o.amount DESC NULLS LAST LIMIT 1) l ORDER BY p.id
SELECT p.id, l.id FROM people p LEFT JOIN LATERAL (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.id LIMIT 1) l ON true ORDER BY p.id
SELECT p.id, l.n FROM people p, LATERAL (SELECT count(*) AS n FROM orders o WHERE o.customer = p.id) l ORDER BY p.id
SELECT p.id, l.n, l.s FROM people p LEFT JOIN LATERAL (SELECT count(*) AS n, sum(amount) AS s FROM orders o WHERE o.customer = p.id) l ON true ORDER BY p.id
SELECT v.x, l.y FROM (VALUES (1), (2)) v(x), LATERAL (VALUES (v.x + 1), (v.x * 10)) l(y) ORDER BY 1, 2
SELECT v.x, g FROM (VALUES (1), (3)) v(x), generate_series(1, v.x) g ORDER BY 1, 2
SELECT v.x, g FROM (VALUES (1), (3)) v(x), LATERAL generate_series(1, v.x) AS g ORDER BY 1, 2
SELECT v.x, g.n FROM (VALUES (0), (2)) v(x) LEFT JOIN LATERAL generate_series(1, v.x) AS g(n) ON true ORDER BY 1, 2
SELECT v.x, u FROM (VALUES (1, ARRAY[1, 2]), (2, ARRAY[3])) v(x, a), unnest(v.a) u ORDER BY 1, 2
SELECT v.x, u.e, u.n FROM (VALUES (1, ARRAY['p', 'q']), (2, ARRAY['r'])) v(x, a), unnest(v.a) WITH ORDINALITY AS u(e, n) ORDER BY 1, 3
SELECT v.x, u FROM (VALUES (1, ARRAY[1, 2]), (2, ARRAY[]::int[])) v(x, a) LEFT JOIN unnest(v.a) u ON true ORDER BY 1, 2
SELECT v.x, l.m FROM (VALUES (1), (2)) v(x), LATERAL (SELECT max(w.y) AS m FROM (VALUES (1), (2), (3)) w(y) WHERE w.y > v.x) l ORDER BY 1
SELECT v.x, l.y FROM (VALUES (1), (2)) v(x), LATERAL (SELECT v.x + 1 AS y WHERE v.x > 1) l
SELECT v.x, a.y, b.z FROM (VALUES (1), (2)) v(x), LATERAL (SELECT v.x + 1 AS y) a, LATERAL (SELECT a.y * 2 AS z) b ORDER BY 1
SELECT v.x FROM (VALUES (1)) v(x), (SELECT v.x) w
SELECT p.id, l.rank FROM people p, LATERAL (SELECT o.id AS rank FROM orders o WHERE o.customer = p.id AND o.amount > 50 ORDER BY o.id OFFSET 1 LIMIT 1) l ORDER BY 1
SELECT v.x, l.a, l.b FROM (VALUES (1), (2)) v(x) CROSS JOIN LATERAL (SELECT v.x AS a UNION ALL SELECT v.x * 2) l(a) CROSS JOIN LATERAL (SELECT l.a + 1) m(b) ORDER BY 1, 2
SELECT v.x, l.y FROM (VALUES (1), (2)) v(x) CROSS JOIN LATERAL (SELECT v.x UNION ALL SELECT v.x * 2) l(y) ORDER BY 1, 2
SELECT v.s, w FROM (VALUES ('a b'), ('c')) v(s), regexp_split_to_table(v.s, ' ') w ORDER BY 1, 2
SELECT v.s, w FROM (VALUES ('a b'), ('c')) v(s), unnest(string_to_array(v.s, ' ')) w ORDER BY 1, 2
SELECT count(*) FROM orders o JOIN people p ON o.customer = p.id JOIN people m ON p.manager = m.id
SELECT o.id FROM orders o JOIN people p ON o.customer = p.id AND p.born > DATE '1980-01-01' WHERE o.amount > 10 ORDER BY 1
SELECT o.id FROM (orders o JOIN people p ON o.customer = p.id) WHERE p.city = 'Paris' ORDER BY 1
SELECT * FROM (VALUES (1)) a(x) JOIN (VALUES (2)) b(y) ON a.x
SELECT * FROM (VALUES (1)) a(x) JOIN (VALUES ('1')) b(y) ON a.x = b.y
SELECT * FROM (VALUES (1)) a(x) LEFT JOIN (VALUES (1.0)) b(y) ON a.x = b.y
SELECT * FROM (VALUES (1)) a(x) JOIN (VALUES (2)) b(y)
SELECT * FROM (VALUES (1), (2)) a(x) RIGHT JOIN (VALUES (2), (3)) b(y) ON a.x = b.y ORDER BY y
SELECT * FROM (VALUES (1), (2)) a(x) LEFT OUTER JOIN (VALUES (2), (3)) b(y) ON a.x = b.y ORDER BY x
SELECT * FROM orders NATURAL JOIN (SELECT 1::int8 AS id) i
SELECT a.id, b.id FROM people a RIGHT JOIN people b ON b.manager = a.id WHERE a.id IS NULL ORDER BY 2
SELECT a.id, b.id FROM people a RIGHT JOIN people b ON b.manager = a.id ORDER BY 2
SELECT a.id, b.id FROM people b LEFT JOIN people a ON b.manager = a.id WHERE a.id IS NULL ORDER BY 2
SELECT b.id FROM people a RIGHT JOIN people b ON b.manager = a.id WHERE a.id IS NULL ORDER BY 1
SELECT a.id, b.id FROM people a RIGHT JOIN people b ON b.manager = a.id WHERE a.name IS NULL ORDER BY 2
SELECT a.id, o.id FROM people a RIGHT JOIN orders o ON o.customer = a.id WHERE a.id IS NULL ORDER BY 2
SELECT a.id, o.id FROM people a FULL JOIN orders o ON o.customer = a.id WHERE a.id IS NULL ORDER BY 2
SELECT i, (SELECT count(*) FROM people p WHERE p.id < t.i AND p.city = (SELECT city FROM people q WHERE q.id = t.i)) FROM t ORDER BY i
SELECT a.id, b.id FROM people a LEFT JOIN people b ON b.manager = a.id WHERE b.id > 100 OR b.id IS NULL ORDER BY 1
SELECT a.id, b.id FROM people a LEFT JOIN people b ON b.manager = a.id WHERE coalesce(b.id, 100) > 50 ORDER BY 1
SELECT a.id, b.id FROM people a LEFT JOIN people b ON b.manager = a.id WHERE b.id IS NULL ORDER BY 1
SELECT a.id, b.id FROM people b RIGHT JOIN people a ON b.manager = a.id WHERE b.id > 100 OR b.id IS NULL ORDER BY 1
SELECT a.id, b.id FROM people b FULL JOIN people a ON b.manager = a.id WHERE b.id > 100 OR b.id IS NULL ORDER BY 1, 2
SELECT a.id, o.id FROM people a LEFT JOIN orders o ON o.customer = a.id WHERE o.id IS NULL OR o.id > 14 ORDER BY 1, 2
SELECT o.id, a.id FROM orders o LEFT JOIN people a ON o.customer = a.id WHERE a.id IS NULL OR a.id > 14 ORDER BY 1, 2
SELECT id, rn FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY channel) rn FROM orders) q WHERE rn <= 2 AND channel = 'call' ORDER BY rn, id
SELECT count(*) FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY channel) rn FROM orders) q WHERE rn <= 2
SELECT count(*) FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel) rn FROM orders) q WHERE rn <= 2
SELECT count(*) FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY quantity) rn FROM orders) q WHERE rn <= 2
SELECT count(*) FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY channel, quantity) rn FROM orders) q WHERE rn <= 2
SELECT count(*) FROM (SELECT id, channel, rank() OVER (PARTITION BY channel ORDER BY channel) rn FROM orders) q WHERE rn <= 2
SELECT count(*) FROM (SELECT id, channel, rank() OVER (PARTITION BY channel) rn FROM orders) q WHERE rn <= 2
SELECT count(*) FROM (SELECT id, channel, rank() OVER (PARTITION BY channel ORDER BY quantity) rn FROM orders) q WHERE rn <= 2
SELECT id, rn FROM (SELECT id, channel, rank() OVER (PARTITION BY channel ORDER BY quantity) rn FROM orders) q WHERE rn <= 2 ORDER BY 1
SELECT id, rn FROM (SELECT id, channel, row_number() OVER (ORDER BY quantity, id) rn FROM orders) q WHERE rn <= 3 ORDER BY 1
SELECT id, rn FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY amount DESC, id) rn FROM orders) q WHERE rn = 1 ORDER BY 1
SELECT id, rn FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY amount DESC NULLS LAST, id) rn FROM orders) q WHERE rn < 3 ORDER BY 1
SELECT id, rn FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY amount, id) rn FROM orders) q WHERE 2 >= rn ORDER BY 1
SELECT a.i, c.i FROM t a JOIN t c ON a.x IS NOT DISTINCT FROM c.x WHERE a.b = c.b ORDER BY 1, 2
SELECT a.i, c.i FROM t a JOIN t c ON (a.x IS NOT DISTINCT FROM c.x) JOIN t e ON e.i = a.i WHERE a.b = c.b ORDER BY 1, 2
SELECT a.i, c.i FROM t a LEFT JOIN t c ON a.x IS NOT DISTINCT FROM c.x WHERE a.b = c.b ORDER BY 1, 2
SELECT p.id, (SELECT count(*) FROM (SELECT 1 FROM orders o WHERE o.customer = p.id LIMIT 2) q) FROM people p ORDER BY 1
SELECT p.id, (SELECT count(*) FROM (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.id LIMIT 2) q) FROM people p ORDER BY 1
SELECT p.id, (SELECT sum(id) FROM (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.id LIMIT 2) q) FROM people p ORDER BY 1
SELECT p.id, (SELECT sum(id) FROM (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.amount DESC LIMIT 2) q) FROM people p ORDER BY 1
SELECT p.id, (SELECT sum(id) FROM (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.amount DESC OFFSET 1) q) FROM people p ORDER BY 1
SELECT p.id, ARRAY(SELECT o.channel FROM orders o WHERE o.customer = p.id ORDER BY o.id LIMIT 2) FROM people p ORDER BY 1
SELECT p.id, ARRAY(SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.id DESC) FROM people p ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = p.id OFFSET 1) ORDER BY 1
SELECT channel FROM orders UNION SELECT city FROM people ORDER BY 1 NULLS FIRST
SELECT channel FROM orders INTERSECT SELECT city FROM people
SELECT customer FROM orders EXCEPT SELECT id FROM people ORDER BY 1
SELECT customer FROM orders INTERSECT ALL SELECT id FROM people ORDER BY 1
SELECT customer, channel FROM orders EXCEPT ALL SELECT id, city FROM people ORDER BY 1, 2
(SELECT id FROM people ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM orders ORDER BY id DESC LIMIT 2) ORDER BY 1
SELECT * FROM (SELECT id FROM people ORDER BY score DESC NULLS LAST, id LIMIT 3) q ORDER BY id
SELECT id, name FROM people WHERE id IN (SELECT id FROM people ORDER BY id DESC LIMIT 2) ORDER BY id
SELECT sum(i) OVER (ORDER BY i ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM t ORDER BY i
SELECT i, nth_value(i, 2) OVER (ORDER BY i), last_value(i) OVER (ORDER BY i), ntile(3) OVER (ORDER BY i) FROM t ORDER BY i
SELECT i, dense_rank() OVER (ORDER BY x), percent_rank() OVER (ORDER BY x), cume_dist() OVER (ORDER BY x) FROM t ORDER BY i
SELECT p.city, o.channel, count(*), grouping(p.city, o.channel) FROM people p JOIN orders o ON o.customer = p.id GROUP BY ROLLUP (p.city, o.channel) ORDER BY 1 NULLS LAST, 2 NULLS LAST, 4
SELECT a.id, b.id, a.name = b.name FROM people a, people b WHERE a.manager = b.manager AND a.id < b.id ORDER BY 1, 2
SELECT a.id, b.id FROM people a JOIN people b USING (city) WHERE a.id < b.id ORDER BY 1, 2
SELECT p.id, o.id, p.name FROM people p NATURAL JOIN orders o ORDER BY 1
SELECT id, p.id, o.id FROM people p FULL JOIN orders o USING (id) ORDER BY 1
SELECT a.id, b.id FROM people a JOIN people b ON b.manager = a.id ORDER BY b.id DESC LIMIT 3
SELECT a.id, b.id FROM people a LEFT JOIN people b ON b.manager = a.id ORDER BY b.id DESC NULLS LAST, a.id LIMIT 3
SELECT a.id, max(b.id) FROM people a LEFT JOIN people b ON b.manager = a.id GROUP BY a.id ORDER BY 2 DESC NULLS LAST, 1 LIMIT 2
SELECT a.id, b.id, c.id FROM people a LEFT JOIN people b ON b.manager = a.id LEFT JOIN people c ON c.manager = b.id WHERE c.id IS NULL ORDER BY 1, 2
SELECT a.id, b.id, c.id FROM people a RIGHT JOIN people b ON b.manager = a.id RIGHT JOIN people c ON c.manager = b.id WHERE a.id IS NULL ORDER BY 3
SELECT a.id, b.id FROM people a FULL JOIN people b ON b.manager = a.id WHERE a.id IS NULL OR b.id IS NULL ORDER BY 1, 2
SELECT count(*) FROM people a RIGHT JOIN people b ON b.manager = a.id WHERE a.id IS NULL
SELECT b.id FROM people a RIGHT JOIN people b ON b.manager = a.id WHERE a.id > 100 OR a.id IS NULL ORDER BY 1
SELECT q.id, b.id FROM (SELECT a.id, a.city FROM people a LIMIT 100) q LEFT JOIN people b ON b.manager = q.id WHERE b.id IS NULL ORDER BY 1
SELECT a.i, c.i FROM t a JOIN t c ON a.n IS NOT DISTINCT FROM c.n ORDER BY 1, 2
SELECT a.i, c.i FROM t a JOIN t c ON a.f IS NOT DISTINCT FROM c.f ORDER BY 1, 2
SELECT p.id FROM people p WHERE p.id IN (SELECT o.customer FROM orders o WHERE o.channel IS NOT DISTINCT FROM p.city) ORDER BY 1
SELECT p.id, (SELECT count(*) FROM people q WHERE q.manager IS NOT DISTINCT FROM p.manager) FROM people p ORDER BY 1
SELECT p.id, (SELECT max(o.amount) FROM people q JOIN orders o ON o.customer = q.id AND o.channel = q.city WHERE q.manager = p.manager) FROM people p ORDER BY 1
SELECT p.id FROM people p JOIN people m ON m.id = p.manager WHERE (SELECT max(o.amount) FROM orders o WHERE o.customer = p.id OR o.customer = m.id) > 90 ORDER BY 1
SELECT p.id FROM people p JOIN people m ON m.city = p.city WHERE (SELECT count(*) FROM orders o WHERE o.customer > p.manager) > 2 ORDER BY 1
SELECT a.id, b.id, c.i FROM people a LEFT JOIN orders b JOIN t c ON c.i = b.quantity ON b.customer = a.id WHERE a.city IS NOT NULL ORDER BY 1, 2
SELECT a.v, b.v, c.v FROM (VALUES (1), (2)) a(v) JOIN (VALUES (1), (2)) b(v) LEFT JOIN (VALUES (2)) c(v) ON c.v = b.v ON b.v = a.v ORDER BY 1
SELECT a.v, b.v, c.v, d.v FROM (VALUES (1), (2)) a(v) LEFT JOIN (VALUES (1), (2)) b(v) JOIN (VALUES (2), (1)) c(v) JOIN (VALUES (2)) d(v) ON d.v = c.v ON c.v = b.v ON b.v = a.v ORDER BY 1
SELECT * FROM (VALUES (1, 2)) a(x, y) NATURAL JOIN (VALUES (1, 3)) b(x, z) JOIN (VALUES (3)) c(w) ON c.w = b.z
SELECT * FROM people a JOIN orders b JOIN t c ON true
SELECT j.* FROM ((VALUES (1, 2)) AS x(a, b) JOIN (VALUES (1, 3)) AS y(a, c) USING (a)) AS j
SELECT j.p, j.q FROM (people a JOIN orders b ON b.customer = a.id) AS j(p, n1, e1, c1, b1, m1, s1, q) ORDER BY 2 LIMIT 4
SELECT * FROM (people a JOIN orders b ON b.customer = a.id) AS j(p, n1, e1, c1, b1, m1, s1, q) ORDER BY q LIMIT 2
SELECT * FROM (people a JOIN orders b ON b.customer = a.id) AS j ORDER BY 1, 8 LIMIT 2
SELECT j.id FROM (people a JOIN orders b ON b.customer = a.id) AS j
SELECT count(j.*) FROM (people a JOIN orders b ON b.customer = a.id) AS j
SELECT a.v, b.v, c.v FROM (VALUES (1), (2)) a(v) FULL JOIN (VALUES (2), (3)) b(v) USING (v) FULL JOIN (VALUES (3), (4)) c(v) USING (v) ORDER BY v
SELECT a.v FROM (VALUES (1), (2)) a(v) FULL JOIN (VALUES (2), (3)) b(v) USING (v) ORDER BY v
SELECT b.v FROM (VALUES (1), (2)) a(v) FULL JOIN (VALUES (2), (3)) b(v) USING (v) ORDER BY v DESC
SELECT b.v FROM (VALUES (1), (2)) a(v) FULL JOIN (VALUES (2), (3)) b(v) USING (v) ORDER BY v + 0
SELECT v, a.v, b.v FROM (VALUES (1), (2)) a(v) FULL JOIN (VALUES (2), (3)) b(v) USING (v) ORDER BY v
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b'])) AS z(n, l)
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b']))
SELECT * FROM ROWS FROM (unnest(ARRAY[1]), unnest(ARRAY['a', 'b'])) WITH ORDINALITY AS z(n, l)
SELECT z.* FROM ROWS FROM (generate_series(1, 2)) z
SELECT v.x, z.* FROM (VALUES (1), (2)) v(x) CROSS JOIN ROWS FROM (generate_series(1, v.x), unnest(ARRAY['a', 'b'])) AS z(n, l) ORDER BY 1, 2, 3
SELECT * FROM (SELECT * FROM people a JOIN orders b ON b.customer = a.id) j ORDER BY 1, 8 LIMIT 2
SELECT * FROM (SELECT a.*, b.* FROM people a JOIN orders b ON b.customer = a.id) j(p, q) ORDER BY 1, 8 LIMIT 2
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3), unnest(ARRAY[5])) ORDER BY 2
-- differs error: functions other than unnest of one list and generate_series
SELECT * FROM ROWS FROM (json_array_elements('[1, 2]'), unnest(ARRAY['a', 'b'])) AS z(n, l)
