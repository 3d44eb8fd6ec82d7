SELECT id FROM orders WHERE (customer, amount) = (SELECT customer, max(amount) FROM orders WHERE customer = 2 GROUP BY customer)
SELECT id FROM orders WHERE (customer, amount) <> (SELECT customer, max(amount) FROM orders WHERE customer = 2 GROUP BY customer) ORDER BY id
SELECT id FROM orders WHERE (customer, amount) < (SELECT customer, max(amount) FROM orders WHERE customer = 2 GROUP BY customer) ORDER BY id
SELECT id FROM orders WHERE (customer, amount) >= (SELECT 2, 40) ORDER BY id
SELECT id FROM orders o WHERE (quantity, amount) = (SELECT max(quantity), max(amount) FROM orders i WHERE i.customer = o.customer) ORDER BY id
SELECT id FROM orders WHERE (customer, amount) = (SELECT customer, amount FROM orders WHERE customer = 2)
SELECT id FROM orders WHERE (customer, amount) = (SELECT customer, amount FROM orders WHERE customer = 99)
SELECT id, (customer, quantity) = (SELECT 1, 2) AS same FROM orders ORDER BY id
SELECT id FROM orders WHERE (SELECT 1, 2) = (customer, quantity) ORDER BY id
SELECT (1, 2) = (SELECT 1, 2), ROW(1, 'a') = (SELECT 1, 'a'), (1, NULL) = (SELECT 1, 2), (1, NULL) = (SELECT 2, 2)
SELECT (1, 2) = (SELECT 1), 1
SELECT (1, 2) = (SELECT 1, 2, 3)
SELECT (1, 2) IN (SELECT 1, 2, 3)
SELECT (1, 2) = ANY (SELECT 1)
SELECT id FROM orders WHERE ROW(quantity, channel) = ANY (SELECT 1, 'shop') ORDER BY id
SELECT id FROM orders WHERE (quantity, channel) = ANY (SELECT 1, 'shop' UNION SELECT 2, 'web') ORDER BY id
SELECT id FROM orders WHERE (quantity, channel) <> ALL (SELECT 1, 'shop' UNION SELECT 2, 'web') ORDER BY id
SELECT id FROM orders WHERE (quantity, amount) < ANY (SELECT 2, 20) ORDER BY id
SELECT id FROM orders WHERE (quantity, amount) > ALL (SELECT quantity, amount FROM orders WHERE channel = 'web' AND id < 5) ORDER BY id
SELECT id FROM orders WHERE ROW(quantity, channel) IN (SELECT 1, 'shop') ORDER BY id
SELECT id FROM orders WHERE ROW(quantity, channel) NOT IN (SELECT 1, 'shop') ORDER BY id
SELECT id FROM orders WHERE (quantity + 1, upper(channel)) IN (SELECT 2, 'SHOP') ORDER BY id
SELECT id FROM orders WHERE ROW(quantity, channel) IN (ROW(1, 'shop'), (2, 'web')) ORDER BY id
SELECT ROW(1, 2) = ROW(1, 2), ROW(1, 2) < ROW(1, 3), ROW(1, 2) = (1, 2), ROW(1, NULL) = ROW(1, 2), ROW(1, 2) IS DISTINCT FROM ROW(1, NULL)
SELECT ROW(1, 2) = ROW(1, 2, 3)
-- differs error: rows of aggregates are not compared with those of a sub-query
SELECT customer, count(*) FROM orders GROUP BY customer HAVING (customer, count(*)) IN (SELECT 1, 4) ORDER BY 1
SELECT name FROM people WHERE name ILIKE ANY (SELECT left(city, 1) || '%' FROM people WHERE city IS NOT NULL) ORDER BY id
SELECT name FROM people WHERE name LIKE ANY (ARRAY['A%', '%g']) ORDER BY id
SELECT name FROM people WHERE name LIKE ALL (ARRAY['%e%', '%n%']) ORDER BY id
SELECT name FROM people WHERE name NOT LIKE ALL (ARRAY['%e%', '%n%']) ORDER BY id
SELECT name FROM people WHERE name NOT ILIKE ANY (ARRAY['%e%', '%n%']) ORDER BY id
SELECT name FROM people WHERE name LIKE SOME ('{A%,B%}') ORDER BY id
SELECT name FROM people WHERE name LIKE ALL (SELECT '%' || x || '%' FROM (VALUES ('e'), ('n')) v(x)) ORDER BY id
SELECT name FROM people WHERE name ILIKE ALL (SELECT NULL::text) ORDER BY id
SELECT name, name LIKE ANY (SELECT left(p.city, 1) || '%') FROM people p ORDER BY id
SELECT name, name LIKE ANY (string_to_array('A%,B%', ',')) FROM people p ORDER BY id
SELECT name, name NOT LIKE ALL (VALUES ('A%'), ('B%')) FROM people p ORDER BY id
SELECT id FROM orders ORDER BY id FETCH FIRST (1 + 2) ROWS ONLY
SELECT id FROM orders ORDER BY id OFFSET 2 ROWS FETCH NEXT (1 + 2) ROWS ONLY
SELECT id FROM orders ORDER BY id FETCH FIRST (SELECT 3) ROWS ONLY
SELECT id FROM orders ORDER BY id FETCH FIRST (2) ROW ONLY
SELECT id FROM orders ORDER BY id LIMIT (SELECT count(*) FROM people WHERE city = 'Paris') OFFSET (SELECT min(id) FROM people)
SELECT id FROM orders ORDER BY id DESC LIMIT (SELECT 3)
SELECT id FROM orders ORDER BY amount DESC NULLS LAST LIMIT (SELECT 3) OFFSET 1
SELECT id FROM orders ORDER BY id OFFSET (SELECT count(*) - 2 FROM orders)
SELECT id FROM orders ORDER BY id LIMIT (SELECT NULL::int)
SELECT id FROM orders ORDER BY id LIMIT (SELECT 1 + 1) + 1
SELECT id FROM orders LIMIT (SELECT 0)
SELECT count(*) FROM (SELECT id FROM orders LIMIT (SELECT 4)) x
SELECT channel, count(*) FROM orders GROUP BY channel ORDER BY count(*) DESC, channel LIMIT (SELECT 2)
SELECT DISTINCT channel FROM orders ORDER BY channel LIMIT (SELECT 2)
SELECT id FROM orders UNION SELECT id FROM people ORDER BY id LIMIT (SELECT 2) OFFSET (SELECT 3)
SELECT p.id, x.id FROM people p CROSS JOIN LATERAL (SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.id LIMIT (SELECT 1)) x ORDER BY 1
-- differs error: LIMIT by a sub-query that reads the query around it
SELECT p.id, x.id FROM people p CROSS JOIN LATERAL (SELECT o.id FROM orders o ORDER BY o.id LIMIT (SELECT p.id)) x ORDER BY 1, 2
SELECT id FROM people LIMIT (SELECT -1)
SELECT id FROM people ORDER BY id LIMIT 1 + 1
SELECT 1 WHERE true HAVING 1 < 2
SELECT 1 HAVING false
SELECT 1 FROM people HAVING true
SELECT 1 FROM people WHERE false HAVING true
SELECT name FROM people HAVING true
SELECT
SELECT FROM people
SELECT WHERE true
SELECT EXISTS (SELECT), EXISTS (SELECT WHERE false)
SELECT count(*) FROM (SELECT FROM people) x
SELECT FROM WHERE
SELECT 5 - -3, 5 + +3, - - 4, 2 --- x
SELECT 5 - - 4, - - - 4, -(-4), - -2147483648, - - 2147483648, - (- 1.5)
-- differs error: a pattern that ends with its escape is refused before there is a row
SELECT name FROM people WHERE name LIKE 'a\'
SELECT 'ab' LIKE 'a\'
-- differs error: a numeric has 76 digits
SELECT 1e400 > 0
SELECT U&"id" FROM people WHERE id = U&'\0031'::int
SELECT U&'\0041\+00006Ddata', U&'d!0061t!+000061' UESCAPE '!'
SELECT U&'a\\b', u&'\00e9'
SELECT 1 AS U&"d\0061ta", 2 AS U&"d!0061t" UESCAPE '!'
SELECT U&'\00g1'
SELECT x.n, y.* FROM (VALUES (2), (3)) x(n), LATERAL (SELECT sum(id) FROM orders WHERE id <= x.n) y ORDER BY 1
