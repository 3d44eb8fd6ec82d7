SELECT string_agg(name, ',') FROM (SELECT name FROM people ORDER BY name DESC) x
SELECT array_agg(name) FROM (SELECT name, city FROM people ORDER BY city NULLS FIRST, name DESC) x
SELECT array_agg(name) FROM (SELECT name FROM people ORDER BY id DESC) x
SELECT array_agg(name) FROM (SELECT name FROM people ORDER BY id DESC LIMIT 4) x
SELECT name FROM (SELECT name FROM people ORDER BY id DESC) x
SELECT name FROM (SELECT name FROM people ORDER BY id DESC) x LIMIT 3
SELECT name FROM (SELECT name, id FROM people ORDER BY id DESC) x WHERE id < 6 LIMIT 2
SELECT row_number() OVER (), name FROM (SELECT name FROM people ORDER BY id DESC) x
SELECT row_number() OVER () AS n, name FROM (SELECT name FROM people ORDER BY id DESC) x ORDER BY n
WITH x AS (SELECT name FROM people ORDER BY id DESC) SELECT string_agg(name, ',') FROM x
WITH x AS (SELECT name FROM people ORDER BY id DESC) SELECT * FROM x LIMIT 2
SELECT channel, array_agg(id) FROM (SELECT id, channel FROM orders ORDER BY amount DESC NULLS LAST, id) o GROUP BY channel ORDER BY channel
SELECT json_agg(x) FROM (SELECT id, name FROM people ORDER BY name DESC) x
SELECT array(SELECT name FROM people ORDER BY id DESC)
SELECT p.id, (SELECT string_agg(o.channel, ',') FROM (SELECT channel FROM orders WHERE customer = p.id ORDER BY id DESC) o) FROM people p ORDER BY 1
SELECT string_agg(x.name, ',') FROM (SELECT DISTINCT name FROM people ORDER BY name DESC) x
SELECT array_agg(a) FROM (SELECT id AS a FROM people UNION SELECT id FROM orders ORDER BY 1 DESC) x
SELECT (array_agg(name))[1] FROM (SELECT name FROM people ORDER BY id DESC) x
SELECT first_value(name) OVER () FROM (SELECT name FROM people ORDER BY id DESC) x LIMIT 1
SELECT lag(name) OVER (), name FROM (SELECT name FROM people ORDER BY id DESC) x
SELECT jsonb_object_agg(name, id) FROM (SELECT name, id FROM people ORDER BY id DESC) x
SELECT json_object_agg(name, id) FROM (SELECT name, id FROM people ORDER BY id DESC) x
SELECT sum(q) FROM (SELECT quantity AS q FROM orders ORDER BY id LIMIT 5) x
SELECT x.name, o.id FROM (SELECT id, name FROM people ORDER BY id DESC) x JOIN orders o ON o.customer = x.id ORDER BY o.id LIMIT 3
SELECT string_agg(name, ',') FROM (SELECT name FROM people ORDER BY length(name), name) x
SELECT string_agg(name || '!', ',') FROM (SELECT name, id FROM people) x
SELECT string_agg(u, ',') FROM (SELECT upper(name) AS u FROM (SELECT name FROM people ORDER BY name DESC) y) x
SELECT name FROM (SELECT name FROM people ORDER BY id DESC) x OFFSET 5
SELECT string_agg(v, '') FROM (SELECT unnest(ARRAY['c','b','a']) AS v) x
SELECT string_agg(v, '') FROM (SELECT * FROM (VALUES ('c'),('b'),('a')) AS t(v) ORDER BY v) x
SELECT count(*), string_agg(city, ',') FILTER (WHERE id > 2) FROM (SELECT id, city FROM people ORDER BY id DESC) x
SELECT string_agg(DISTINCT city, ',') FROM (SELECT city FROM people ORDER BY id DESC) x
SELECT string_agg(name, ',' ORDER BY name), string_agg(name, ',') FROM (SELECT name FROM people ORDER BY id DESC) x
SELECT city, count(*), string_agg(name, ';') FROM (SELECT * FROM people ORDER BY name DESC) x GROUP BY ROLLUP (city) ORDER BY 1, 2
SELECT string_agg(name, ',') OVER () FROM (SELECT name FROM people ORDER BY id DESC) x LIMIT 1
SELECT * FROM (SELECT channel, sum(amount) AS revenue FROM orders GROUP BY channel ORDER BY revenue DESC NULLS LAST) AS virtual_table LIMIT 2
SELECT * FROM (SELECT id, amount FROM orders WHERE amount IS NOT NULL ORDER BY amount DESC, id) AS t OFFSET 2 LIMIT 3
SELECT id, sum(quantity) OVER (ROWS UNBOUNDED PRECEDING) FROM (SELECT id, quantity FROM orders ORDER BY id DESC) o
SELECT id, sum(quantity) OVER () FROM (SELECT id, quantity FROM orders ORDER BY id DESC) o LIMIT 3
SELECT string_agg(v, '') FROM (SELECT x.v FROM (SELECT name AS v, id FROM people ORDER BY id DESC LIMIT 5) AS x WHERE x.id <> 7) AS y
SELECT array_agg(n) FROM (SELECT row_number() OVER (ORDER BY name DESC) AS n, id FROM people ORDER BY id) AS t
SELECT array_agg(total) FROM (SELECT customer, sum(quantity) AS total FROM orders GROUP BY customer ORDER BY sum(quantity) DESC, customer) AS t
SELECT p.id, t.channels FROM people p CROSS JOIN LATERAL (SELECT array_agg(o.channel) AS channels FROM (SELECT channel FROM orders WHERE customer = p.id ORDER BY id DESC) AS o) AS t ORDER BY p.id
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM (SELECT id FROM orders WHERE customer = p.id ORDER BY id DESC) AS o WHERE o.id > 10) ORDER BY 1
SELECT id FROM people WHERE id IN (SELECT customer FROM (SELECT customer FROM orders ORDER BY amount DESC) AS o) ORDER BY id
SELECT id FROM people WHERE id = ANY (SELECT customer FROM orders ORDER BY amount DESC) ORDER BY id
SELECT p.id, (SELECT count(*) FROM (SELECT id FROM orders WHERE customer = p.id ORDER BY amount) AS o) FROM people p ORDER BY 1
SELECT count(*), sum(quantity) FROM (SELECT * FROM orders ORDER BY ordered_at DESC) AS o
SELECT channel, count(*) FROM (SELECT * FROM orders ORDER BY ordered_at DESC) AS o GROUP BY channel ORDER BY 2 DESC, 1
SELECT DISTINCT channel FROM (SELECT channel FROM orders ORDER BY id) AS o ORDER BY channel
SELECT x.id, y.id FROM (SELECT id FROM people ORDER BY id DESC) AS x JOIN (SELECT customer AS id FROM orders ORDER BY id) AS y ON x.id = y.id ORDER BY 1, 2
SELECT id FROM (SELECT id FROM people ORDER BY id) AS a UNION ALL SELECT id FROM (SELECT id FROM orders ORDER BY id DESC LIMIT 2) AS b ORDER BY 1
SELECT a.first, b.last FROM (SELECT (array_agg(name))[1] AS first FROM (SELECT name FROM people ORDER BY id) AS p) AS a, (SELECT (array_agg(name))[1] AS last FROM (SELECT name FROM people ORDER BY id DESC) AS p) AS b
WITH ranked AS (SELECT id, name FROM people ORDER BY id DESC), some AS (SELECT * FROM ranked LIMIT 3) SELECT string_agg(name, ', ') FROM some
WITH o AS (SELECT id, channel FROM orders ORDER BY id DESC) SELECT (SELECT string_agg(channel, '') FROM o), (SELECT count(*) FROM o)
SELECT jsonb_agg(to_jsonb(x)) FROM (SELECT id, city FROM people ORDER BY city NULLS FIRST, id DESC) AS x
SELECT json_build_object('people', (SELECT json_agg(x.name) FROM (SELECT name FROM people ORDER BY length(name) DESC, name) AS x))
SELECT t.c, array_agg(t.i) FROM (SELECT id AS i, coalesce(channel, '-') AS c FROM orders ORDER BY amount, id) AS t GROUP BY t.c HAVING count(*) > 2 ORDER BY 1
SELECT string_agg(x.f::text, ' ') FROM (SELECT f FROM t ORDER BY f DESC NULLS LAST, i) AS x
