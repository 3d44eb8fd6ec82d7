-- What is unique in a sub-query is not unique in what repeats it: joins, and functions of sets.
SELECT count(*) FROM (SELECT DISTINCT channel, id FROM (SELECT a.channel, p.id, count(*) AS k FROM (SELECT channel, count(*) AS c FROM orders GROUP BY channel) a CROSS JOIN people p GROUP BY a.channel, p.id) s) z
SELECT count(*) FROM (SELECT channel, id FROM (SELECT a.channel, p.id, count(*) AS k FROM (SELECT channel, count(*) AS c FROM orders GROUP BY channel) a CROSS JOIN people p GROUP BY a.channel, p.id) s GROUP BY channel, id) z
SELECT a.channel, o.customer, sum(o.quantity) FROM (SELECT channel FROM orders GROUP BY channel) a JOIN orders o ON o.channel = a.channel GROUP BY a.channel, o.customer ORDER BY a.channel, o.customer DESC
SELECT a.channel, o.customer, sum(o.quantity) FROM (SELECT DISTINCT channel FROM orders) a LEFT JOIN orders o ON o.channel = a.channel GROUP BY a.channel, o.customer ORDER BY a.channel DESC, o.customer
WITH x AS (SELECT channel, count(*) AS c FROM orders GROUP BY channel) SELECT x.channel, x.c, orders.customer, count(*) FROM x JOIN orders USING (channel) GROUP BY 1, 2, 3 ORDER BY 1, 3 DESC, 2
SELECT DISTINCT a.channel, o.customer FROM (SELECT channel FROM orders GROUP BY channel) a JOIN orders o ON o.channel = a.channel ORDER BY a.channel, o.customer DESC
SELECT c.channel, d.day, count(o.id) FROM (SELECT channel FROM orders GROUP BY channel) c CROSS JOIN (SELECT DATE '2024-01-16' + g AS day FROM generate_series(0, 2) g) d LEFT JOIN orders o ON o.channel = c.channel AND o.ordered_at::date = d.day GROUP BY c.channel, d.day ORDER BY c.channel, d.day
SELECT a.channel, o.customer, row_number() OVER (ORDER BY a.channel, o.customer DESC) AS r FROM (SELECT channel FROM orders GROUP BY channel) a JOIN orders o ON o.channel = a.channel GROUP BY a.channel, o.customer ORDER BY r
SELECT channel, count(*) FROM (SELECT DISTINCT channel, u FROM (SELECT channel, unnest(array_agg(id)) AS u FROM orders GROUP BY channel) s) z GROUP BY channel ORDER BY channel
SELECT channel, u FROM (SELECT channel, unnest(array_agg(id ORDER BY id)) AS u FROM orders GROUP BY channel) s ORDER BY channel, u DESC
SELECT channel, unnest(array_agg(id ORDER BY id)) AS u FROM orders GROUP BY channel ORDER BY channel, u DESC
SELECT DISTINCT channel FROM (SELECT channel, unnest(ARRAY[1, 2]) AS u FROM orders GROUP BY channel) z ORDER BY 1
SELECT channel, u, sum(u) OVER (ORDER BY channel) FROM (SELECT channel, unnest(ARRAY[1, 2]) AS u FROM orders GROUP BY channel) z ORDER BY 1, 2
SELECT channel, k FROM (SELECT channel, unnest(ARRAY[3, 1, 2]) AS k FROM orders GROUP BY channel) s ORDER BY channel, k
SELECT count(*) FROM (SELECT DISTINCT channel, k FROM (SELECT channel, generate_series(1, 2) AS k, count(*) FROM orders GROUP BY channel) s) z
SELECT s.channel, u FROM (SELECT channel, array_agg(id ORDER BY id) AS a FROM orders GROUP BY channel) s, unnest(s.a) AS u ORDER BY s.channel, u DESC
SELECT channel, k FROM (SELECT channel, count(*) AS k FROM orders GROUP BY channel) z GROUP BY channel
SELECT channel, count(*) FROM (SELECT a.channel, p.id, count(*) AS k FROM (SELECT channel, count(*) AS c FROM orders GROUP BY channel) a CROSS JOIN people p GROUP BY a.channel, p.id) z GROUP BY channel ORDER BY 1
SELECT p.id, (SELECT count(*) FROM (SELECT DISTINCT channel, unnest(ARRAY[1, 2]) AS u FROM orders o WHERE o.customer = p.id) s) FROM people p ORDER BY 1
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM (SELECT customer, count(*) AS n FROM orders GROUP BY customer) s WHERE s.customer = p.id AND s.n > 1) ORDER BY 1
SELECT p.id, (SELECT s.n FROM (SELECT customer, count(*) AS n FROM orders GROUP BY customer) s WHERE s.customer = p.id) FROM people p ORDER BY 1
SELECT p.id, l.n FROM people p LEFT JOIN LATERAL (SELECT customer, count(*) AS n FROM orders o WHERE o.customer = p.id GROUP BY customer) l ON true ORDER BY 1
SELECT p.id, l.c, u FROM people p, LATERAL (SELECT o.channel AS c, unnest(array_agg(o.id ORDER BY o.id)) AS u FROM orders o WHERE o.customer = p.id GROUP BY o.channel) l ORDER BY p.id, l.c, u DESC
SELECT p.id, (SELECT count(*) FROM (SELECT DISTINCT s.c, s.u FROM (SELECT o.channel AS c, unnest(ARRAY[1, 2]) AS u FROM orders o WHERE o.customer = p.id GROUP BY o.channel) s) z) FROM people p ORDER BY 1
SELECT p.id, (SELECT string_agg(z.c || z.id, ',' ORDER BY z.c, z.id) FROM (SELECT a.c, b.id FROM (SELECT o.channel AS c FROM orders o WHERE o.customer = p.id GROUP BY o.channel) a CROSS JOIN t b0 JOIN people b ON b.id = b0.i GROUP BY a.c, b.id) z) FROM people p ORDER BY 1
SELECT l.customer, l.n, q.channel, count(*) FROM people p JOIN LATERAL (SELECT DISTINCT o.customer, o.quantity AS n FROM orders o WHERE o.customer = p.id) l ON true JOIN orders q ON q.quantity = l.n GROUP BY l.customer, l.n, q.channel ORDER BY 1, 2 DESC, 3
SELECT a.channel, p.id FROM (SELECT channel FROM orders INTERSECT SELECT channel FROM orders WHERE id < 9) a CROSS JOIN people p GROUP BY a.channel, p.id ORDER BY a.channel, p.id DESC
SELECT a.channel, p.id, count(*) FROM (SELECT channel FROM orders EXCEPT SELECT 'web') a CROSS JOIN people p GROUP BY 1, 2 ORDER BY 1, 2 DESC
SELECT a.channel, p.id, count(*) FROM (SELECT channel FROM orders UNION SELECT 'web') a CROSS JOIN people p GROUP BY 1, 2 ORDER BY 1, 2 DESC
SELECT a.channel, q.customer FROM (SELECT DISTINCT ON (channel) channel, id FROM orders ORDER BY channel, id) a JOIN orders q ON q.channel = a.channel GROUP BY a.channel, q.customer ORDER BY a.channel, q.customer DESC
WITH a AS MATERIALIZED (SELECT channel, max(id) AS m FROM orders GROUP BY channel) SELECT a.channel, a.m, q.customer FROM a JOIN orders q ON q.id <= a.m GROUP BY 1, 2, 3 ORDER BY 1, 3 DESC, 2
SELECT a.channel, q.customer FROM orders q JOIN LATERAL (SELECT channel FROM orders GROUP BY channel) a ON a.channel = q.channel GROUP BY a.channel, q.customer ORDER BY 1, 2 DESC
SELECT o.channel, p.id FROM (SELECT channel FROM orders WHERE channel IN (SELECT channel FROM orders GROUP BY channel) GROUP BY channel) o, people p GROUP BY o.channel, p.id ORDER BY 1, 2 DESC
SELECT g.channel, p.id, rank() OVER (ORDER BY g.channel) FROM (SELECT channel, row_number() OVER (ORDER BY channel) AS r FROM orders GROUP BY channel) g CROSS JOIN people p ORDER BY 1, 2 DESC
SELECT x.c, x.u, count(*) FROM (SELECT c, unnest(ARRAY[2, 1]) AS u FROM (SELECT channel AS c FROM orders GROUP BY channel UNION ALL SELECT city FROM people GROUP BY city) s) x GROUP BY x.c, x.u ORDER BY x.c, x.u
WITH RECURSIVE r AS (SELECT channel, 1 AS n FROM orders GROUP BY channel UNION ALL SELECT channel, n + 1 FROM r WHERE n < 3) SELECT channel, n FROM r GROUP BY channel, n ORDER BY channel, n DESC
SELECT s.channel, s.n, v.x FROM (SELECT channel, count(*) AS n FROM orders GROUP BY ROLLUP (channel)) s CROSS JOIN (VALUES (2), (1)) v(x) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
