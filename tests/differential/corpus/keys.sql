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
