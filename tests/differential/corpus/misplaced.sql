SELECT o.id FROM orders o JOIN people p ON sum(o.amount) > p.id
SELECT o.id FROM orders o LEFT JOIN people p ON rank() OVER (ORDER BY o.id) > p.id
SELECT o.id FROM orders o JOIN people p ON p.id = o.customer AND o.amount > (SELECT avg(amount) FROM orders) ORDER BY 1
SELECT channel, sum(amount) FROM orders GROUP BY 1, 2
SELECT channel, rank() OVER (ORDER BY channel) FROM orders GROUP BY 1, 2
SELECT rank() OVER (ORDER BY rank() OVER (ORDER BY id)) FROM orders
SELECT sum(rank() OVER (ORDER BY id)) OVER () FROM orders
SELECT rank() OVER (PARTITION BY count(*) OVER () ORDER BY id) FROM orders
SELECT channel, rank() OVER (ORDER BY sum(amount) DESC NULLS LAST) FROM orders GROUP BY channel ORDER BY 2
SELECT channel, sum(sum(amount)) OVER (ORDER BY channel) FROM orders GROUP BY channel ORDER BY channel
SELECT lag(amount) FILTER (WHERE returned) OVER (ORDER BY id) FROM orders
SELECT id FROM people UNION SELECT id FROM orders ORDER BY name
SELECT id AS x FROM people UNION SELECT id FROM orders ORDER BY id
SELECT id AS x FROM people UNION SELECT id FROM orders ORDER BY x DESC LIMIT 3
SELECT id, name FROM people UNION ALL SELECT id, channel FROM orders ORDER BY name NULLS FIRST, id LIMIT 5
SELECT * FROM (VALUES (1), (2)) AS a(v) UNION SELECT 3 ORDER BY v DESC
SELECT count(*) FROM people UNION ALL SELECT count(*) FROM orders ORDER BY count
SELECT p.id FROM people p UNION SELECT o.id FROM orders o ORDER BY p.id
