SELECT x, x FROM (VALUES (1, 'a')) v (x, y)
SELECT count(*) FROM (SELECT *, * FROM (VALUES (1, 'a')) v (x, y)) q
SELECT ROW(1, 2)
SELECT ROW(1, 2)::text
SELECT ROW(1, 'a b', NULL, 'x"y', '', true, 1.50)
SELECT ROW(x, y) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT (x, y) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT ROW(x, y)::text FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT ROW()
SELECT ROW(1)
SELECT ROW(ROW(1, 2), 3)
SELECT ROW(date '2020-01-01', timestamp '2020-01-01 01:02:03', interval '1 day', 1.5::float8, ARRAY[1,2], ARRAY['a b'])
SELECT ROW(1, 2) = ROW(1, 2)
SELECT max(ROW(x, y)::text) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT ROW(x, y), count(*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) GROUP BY ROW(x, y)
SELECT count(DISTINCT (x, y)) FROM (VALUES (1, 'a'), (2, 'b'), (1, 'a')) v (x, y)
SELECT DISTINCT (x, y) FROM (VALUES (1, 'a'), (2, 'b'), (1, 'a')) v (x, y)
SELECT v FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT v::text FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT ROW(v.*) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT ROW(x, y) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) ORDER BY 1
SELECT x FROM (VALUES (1, 'a'), (2, 'b')) v (x, y) ORDER BY ROW(y, x) DESC
SELECT r FROM (SELECT ROW(1, 2) AS r) q
SELECT array_agg(ROW(x, y)) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT ROW(1, 2) IS NULL, ROW(NULL, NULL) IS NULL
SELECT ROW('a,b', '(x)', 'back\slash', E'tab\there', ' ')
SELECT CASE WHEN true THEN ROW(1, 2) END
SELECT concat(ROW(1, 2), 'x')
SELECT ROW(1, 2) || 'x'
SELECT length(ROW(1, 2)::text)
SELECT ROW('\xff'::bytea, 't'::boolean, 'NaN'::float8, '{"a": 1}'::jsonb)
SELECT DISTINCT v FROM (VALUES (1, 'a'), (1, 'a')) v (x, y)
SELECT v, count(*) FROM (VALUES (1, 'a'), (1, 'a'), (2, NULL)) v (x, y) GROUP BY v ORDER BY 2
SELECT a.x, b FROM (VALUES (1), (2)) a (x) LEFT JOIN (VALUES (1, 'b')) b (x, y) ON a.x = b.x
SELECT max(v::text) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT max(v) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT to_json(ROW(1, 'a')), json_build_array(ROW(1, 2))
SELECT v = w FROM (VALUES (1, NULL)) v (x, y), (VALUES (1, NULL)) w (x, y)
SELECT coalesce(ROW(1, 2), ROW(3, 4))
SELECT CASE WHEN x > 1 THEN ROW(x, y) ELSE ROW(0, 'none') END FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT ROW(x, y) FROM (VALUES (1, 'a')) v (x, y) UNION ALL SELECT ROW(2, 'b')
SELECT string_agg(ROW(x, y)::text, ';' ORDER BY x) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT ROW(t.*) FROM t WHERE i = 1
SELECT ROW(i, d, ts, tz, tm, x, n, f) FROM t WHERE i < 4 ORDER BY i
SELECT (i, s) FROM t ORDER BY (s, i) LIMIT 3
SELECT lower(ROW('A', 1)::text), length(ROW(1, 2)::text), 'x' || ROW(1, 2)
SELECT ROW(1, 2)::json
SELECT count(ROW(1, NULL)), count(v) FROM (VALUES (1, NULL)) v (x, y)
SELECT i, first_value(i) OVER (ORDER BY d - DATE '2020-01-01', i ROWS 2 PRECEDING) FROM t
SELECT (SELECT max(o.i)) FROM t o
SELECT i, (SELECT max(o.i) OVER ()) FROM t o
