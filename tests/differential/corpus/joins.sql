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
-- differs sqlstate: the same fault by its other name
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
