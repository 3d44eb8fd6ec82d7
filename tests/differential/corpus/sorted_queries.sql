SELECT name FROM people p ORDER BY (SELECT count(*) FROM orders o WHERE o.customer = p.id) DESC, name
SELECT p.name FROM people p ORDER BY (SELECT coalesce(sum(amount), 0) FROM orders o WHERE o.customer = p.id) DESC, p.name LIMIT 4
SELECT p.name FROM people p JOIN people m ON m.id = p.manager ORDER BY (SELECT max(o.id) FROM orders o WHERE o.customer = m.id), p.name
SELECT (1, 2) = (1, 2, 3)
SELECT i FROM t WHERE (i, k) IN (SELECT i FROM t)
SELECT p.id, u.v, u.o FROM people p CROSS JOIN LATERAL unnest(string_to_array(p.name, ' ')) WITH ORDINALITY AS u(v, o) ORDER BY 1, 3
SELECT p.id, u.v, u.o FROM people p LEFT JOIN LATERAL unnest(string_to_array(p.city, ' ')) WITH ORDINALITY AS u(v, o) ON true ORDER BY 1, 3
