WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT sum(i)::int FROM n) SELECT * FROM n LIMIT 3
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n GROUP BY i HAVING count(*) > 0) SELECT * FROM n LIMIT 3
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4 GROUP BY i) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT DISTINCT i + 1 FROM n WHERE i < 4) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT max(id) FROM people)) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + row_number() OVER ()::int FROM n WHERE i < 4) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT (i + sum(i) OVER ())::int FROM n WHERE i < 4) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT i + 1 FROM n UNION ALL SELECT 1) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT a.i + b.i FROM n a, n b WHERE a.i < 5) SELECT * FROM n
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n ORDER BY 1) SELECT * FROM n
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n LIMIT 3) SELECT * FROM n
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n OFFSET 3) SELECT * FROM n
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n FOR UPDATE) SELECT * FROM n
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL (SELECT i + 1 FROM n WHERE i < 4 ORDER BY 1)) SELECT * FROM n
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL (SELECT i + 1 FROM n WHERE i < 4 LIMIT 1)) SELECT * FROM n
WITH RECURSIVE n AS ((SELECT id FROM people ORDER BY id LIMIT 1) UNION ALL SELECT id + 1 FROM n WHERE id < 3) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT x.i FROM people p LEFT JOIN n x ON x.i = p.id) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT x.i + 1 FROM n x LEFT JOIN people p ON x.i = p.id WHERE x.i < 4) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT x.i + 1 FROM people p RIGHT JOIN n x ON x.i = p.id WHERE x.i < 4) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT x.i FROM n x RIGHT JOIN people p ON x.i = p.id) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT x.i FROM n x FULL JOIN people p ON x.i = p.id) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT p.id FROM people p LEFT JOIN (SELECT i FROM n) x ON x.i = p.id) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 EXCEPT SELECT i + 1 FROM n) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT i FROM n) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5 UNION ALL SELECT 7) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL (SELECT i + 1 FROM n WHERE i < 5 UNION ALL SELECT i + 2 FROM n WHERE i < 5)) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL (SELECT i + 1 FROM n WHERE i < 5 EXCEPT SELECT 3)) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL (SELECT 3 EXCEPT SELECT i + 1 FROM n WHERE i < 5)) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL (SELECT 3 INTERSECT SELECT i + 2 FROM n WHERE i < 5)) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT max(i) + 3 FROM n)) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT id FROM people WHERE id IN (SELECT i + 1 FROM n)) SELECT * FROM n
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT id FROM people WHERE EXISTS (SELECT FROM n WHERE i + 1 = id)) SELECT * FROM n
WITH RECURSIVE a(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM b WHERE i < 4), b(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM a WHERE i < 4) SELECT * FROM a
WITH RECURSIVE a AS (SELECT i FROM b), b(i) AS (SELECT 3) SELECT * FROM a
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
WITH x AS (SELECT 1 AS v) SELECT * FROM (WITH x AS (SELECT 2 AS v) SELECT v FROM x) y, x
WITH x AS (SELECT 1 AS v) SELECT (WITH x AS (SELECT 2 AS v) SELECT v FROM x), v FROM x
WITH x AS (SELECT 1 AS v), y AS (WITH x AS (SELECT v + 1 AS v FROM x) SELECT v FROM x) SELECT * FROM x, y
WITH x AS (SELECT 1 AS v) SELECT * FROM (WITH x AS (SELECT v + 10 AS v FROM x) SELECT v FROM x) y, x
WITH t AS (SELECT 1 AS v) SELECT * FROM (WITH t AS (SELECT i FROM public.t WHERE i = 2) SELECT i FROM t) y, t
WITH RECURSIVE f(n, v) AS (SELECT 0, 1::numeric UNION ALL SELECT n + 1, v * (n + 1) FROM f WHERE n < 25) SELECT * FROM f ORDER BY n
-- differs written: a numeric of a recursive query shows the decimals that its values need
WITH RECURSIVE w(i, run) AS (SELECT 1, 0::numeric UNION ALL SELECT i + 1, (run + i * 0.5)::numeric FROM w WHERE i < 6) SELECT i, run, sum(run) OVER (ORDER BY i) FROM w ORDER BY i
-- differs written: a numeric of a recursive query shows the decimals that its values need
WITH RECURSIVE inv(month_no, opening, closing) AS (SELECT 1, 100.00, 100.00 * 1.05 UNION ALL SELECT month_no + 1, closing, round(closing * 1.05, 2) FROM inv WHERE month_no < 6) SELECT * FROM inv ORDER BY 1
-- differs written: a numeric of a recursive query shows the decimals that its values need
WITH RECURSIVE w(i, v) AS (SELECT 1, 1.5 UNION ALL SELECT i + 1, v / 2 FROM w WHERE i < 6) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, 1.5::numeric(10,2) UNION ALL SELECT i + 1, v * 1.1 FROM w WHERE i < 6) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, 1.5::numeric(10,2) UNION ALL SELECT i + 1, (v * 1.1)::numeric(10,2) FROM w WHERE i < 6) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, 1 UNION ALL SELECT i + 1, v * 1.1 FROM w WHERE i < 6) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, sum(amount) FROM orders UNION ALL SELECT i + 1, v * 2 FROM w WHERE i < 6) SELECT * FROM w ORDER BY i
-- differs error: there is no CYCLE
WITH RECURSIVE g(a, b) AS (VALUES (1, 2), (2, 3), (3, 1)), walk AS (SELECT a, b FROM g WHERE a = 1 UNION ALL SELECT g.a, g.b FROM g JOIN walk w ON g.a = w.b) CYCLE a SET is_cycle USING path SELECT * FROM walk ORDER BY array_length(path, 1)
-- differs error: there is no SEARCH
WITH RECURSIVE tree AS (SELECT id, manager FROM people WHERE manager IS NULL UNION ALL SELECT p.id, p.manager FROM people p JOIN tree ON tree.id = p.manager) SEARCH DEPTH FIRST BY id SET ord SELECT id FROM tree ORDER BY ord
-- differs error: there is no SEARCH
WITH RECURSIVE tree AS (SELECT id, manager FROM people WHERE manager IS NULL UNION ALL SELECT p.id, p.manager FROM people p JOIN tree ON tree.id = p.manager) SEARCH BREADTH FIRST BY id SET ord SELECT id, ord FROM tree ORDER BY ord
WITH RECURSIVE perm(p, rest) AS (SELECT ''::text, 'abc'::text UNION ALL SELECT p || substr(rest, g, 1), overlay(rest PLACING '' FROM g FOR 1) FROM perm, generate_series(1, length(rest)) g) SELECT p FROM perm WHERE rest = '' ORDER BY p
WITH RECURSIVE l(id, at, n) AS ((SELECT id, ordered_at, 1 FROM orders WHERE customer = 1 ORDER BY ordered_at LIMIT 1) UNION ALL SELECT x.id, x.ordered_at, l.n + 1 FROM l, LATERAL (SELECT id, ordered_at FROM orders WHERE customer = 1 AND ordered_at > l.at ORDER BY ordered_at LIMIT 1) x) SELECT * FROM l ORDER BY n
WITH RECURSIVE skip AS ((SELECT channel FROM orders WHERE channel IS NOT NULL ORDER BY channel LIMIT 1) UNION ALL SELECT (SELECT min(o.channel) FROM orders o WHERE o.channel > skip.channel) FROM skip WHERE skip.channel IS NOT NULL) SELECT channel FROM skip WHERE channel IS NOT NULL ORDER BY 1
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT unnest(ARRAY[i + 1, i + 2]) FROM n WHERE i < 3) SELECT * FROM n ORDER BY 1
-- differs error: LATERAL before unnest
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT x FROM n CROSS JOIN LATERAL unnest(ARRAY[i + 1, i + 2]) AS x WHERE i < 3) SELECT * FROM n ORDER BY 1
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT x FROM n CROSS JOIN LATERAL (SELECT i + 1 AS x) q WHERE i < 3) SELECT * FROM n ORDER BY 1
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT x.v FROM n CROSS JOIN LATERAL (VALUES (i + 1), (i + 2)) x(v) WHERE i < 3) SELECT * FROM n ORDER BY 1
WITH RECURSIVE n(i, c) AS (SELECT 1, 0::bigint UNION ALL SELECT i + 1, (SELECT count(*) FROM orders o WHERE o.customer = n.i) FROM n WHERE i < 6) SELECT * FROM n ORDER BY 1
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = n.i)) SELECT * FROM n ORDER BY 1
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.quantity > 5 AND o.customer = n.i)) SELECT * FROM n ORDER BY 1
WITH RECURSIVE j(path, v) AS (SELECT '$'::text, '{"a": {"b": 1, "c": [1, 2]}, "d": "x"}'::jsonb UNION ALL SELECT j.path || '.' || e.key, e.value FROM j, jsonb_each(CASE WHEN jsonb_typeof(j.v) = 'object' THEN j.v ELSE '{}' END) e) SELECT path, v FROM j ORDER BY path
-- differs error: WITH RECURSIVE of a sub-query that reads the query around it
SELECT id, (WITH RECURSIVE u AS (SELECT manager AS m, 1 AS d FROM people WHERE id = p.id UNION ALL SELECT x.manager, d + 1 FROM people x JOIN u ON x.id = u.m) SELECT max(d) FROM u) AS depth FROM people p ORDER BY id
WITH RECURSIVE n(i) AS (SELECT 100::numeric UNION ALL SELECT i / 3 FROM n WHERE i > 20) SELECT round(i, 3) FROM n
WITH RECURSIVE w(i, v) AS (SELECT 1, 1.5 UNION ALL SELECT i + 1, 2 FROM w WHERE i < 3) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, 1::bigint UNION ALL SELECT i + 1, i FROM w WHERE i < 3) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, 1 UNION ALL SELECT i + 1, v + 1::bigint FROM w WHERE i < 3) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, amount FROM orders WHERE id = 1 UNION ALL SELECT i + 1, v FROM w WHERE i < 3) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, '2024-01-31'::timestamp UNION ALL SELECT i + 1, '2024-02-01'::date FROM w WHERE i < 3) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, v) AS (SELECT 1, 2::float8 UNION ALL SELECT i + 1, i FROM w WHERE i < 3) SELECT * FROM w ORDER BY i
-- differs error: a NULL of the first rows is no text
WITH RECURSIVE w(i, v) AS (SELECT 1, NULL UNION ALL SELECT i + 1, 'a' FROM w WHERE i < 3) SELECT * FROM w ORDER BY i
-- differs sqlstate: a NULL of the first rows is no text
WITH RECURSIVE w(i, v) AS (SELECT 1, NULL UNION ALL SELECT i + 1, 2 FROM w WHERE i < 3) SELECT * FROM w ORDER BY i
WITH RECURSIVE w AS (SELECT * FROM orders WHERE id = 1 UNION ALL SELECT o.* FROM orders o JOIN w ON o.id = w.id + 1 WHERE o.id < 4) SELECT * FROM w ORDER BY id
-- differs written: a numeric of a recursive query shows the decimals that its values need
WITH RECURSIVE w AS (SELECT id, amount FROM orders WHERE id = 1 UNION SELECT o.id, o.amount FROM orders o JOIN w ON o.id = w.id + 1 WHERE o.id < 4) SELECT * FROM w ORDER BY id
WITH RECURSIVE w AS (SELECT 1 AS i UNION SELECT 2 UNION ALL SELECT i + 10 FROM w WHERE i < 20) SELECT * FROM w ORDER BY i
WITH RECURSIVE w AS ((SELECT id FROM orders ORDER BY amount DESC NULLS LAST LIMIT 2) UNION ALL SELECT id + 100 FROM w WHERE id < 200) SELECT * FROM w ORDER BY id
WITH RECURSIVE w(c, n) AS (SELECT channel, count(*) FROM orders GROUP BY channel UNION ALL SELECT c, n - 1 FROM w WHERE n > 6) SELECT * FROM w ORDER BY c, n
WITH RECURSIVE w(c, n) AS (SELECT channel, sum(amount) FROM orders GROUP BY 1 UNION ALL SELECT c, n / 2 FROM w WHERE n > 500) SELECT c, round(n, 2) FROM w ORDER BY c, n
WITH RECURSIVE w(i) AS (SELECT 1 UNION ALL SELECT w.i + 1 FROM w WHERE w.i < 5 AND (SELECT count(*) FROM orders o WHERE o.quantity >= w.i) > 3) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, k) AS (SELECT 1, 0::bigint UNION ALL SELECT w.i + 1, x.c FROM w CROSS JOIN LATERAL (SELECT count(*) AS c FROM orders o WHERE o.quantity >= w.i) x WHERE w.i < 6) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, k) AS (SELECT 1, 0::bigint UNION SELECT w.i + 1, x.c FROM w LEFT JOIN LATERAL (SELECT count(*) AS c FROM orders o WHERE o.quantity >= w.i) x ON true WHERE w.i < 6) SELECT * FROM w ORDER BY i
WITH RECURSIVE w(i, d) AS (SELECT 1, 1 UNION ALL SELECT g, w.d + 1 FROM w, generate_series(w.i, w.i + 1) g WHERE w.d < 4) SELECT d, count(*), sum(i) FROM w GROUP BY d ORDER BY d
WITH RECURSIVE a(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM a WHERE i < 3), b(i, k) AS (SELECT 1, 1 UNION ALL SELECT b.i + 1, x.i FROM b, LATERAL (SELECT a.i FROM a WHERE a.i >= b.i) x WHERE b.i < 4) SELECT * FROM b ORDER BY 1, 2
