-- Arrays: texts, subscripts, searching, building, unnesting.
-- differs value: as many decimals as the column has
SELECT ARRAY[1, 2, 3], ARRAY['a', 'b'], ARRAY[1.5, 2], ARRAY[NULL, 1], ARRAY[true, NULL]
SELECT ARRAY[]::int[], '{}'::text[], '{1,2}'::int[], '{a,"b c",NULL}'::text[], '{1.5,NULL}'::numeric[]
SELECT '{1,x}'::int[]
SELECT '{1,2'::int[]
SELECT 'abc'::int[]
SELECT ARRAY[]
SELECT ARRAY[1, 'x']
SELECT (ARRAY[1, 2, 3])[1], (ARRAY[1, 2, 3])[3], (ARRAY[1, 2, 3])[0], (ARRAY[1, 2, 3])[4], (ARRAY[1, 2, 3])[-1], (ARRAY[1, 2, 3])[NULL]
SELECT (ARRAY['a', 'b', 'c'])[2]
SELECT ('{1,2,3}'::int[])[2]
SELECT (ARRAY[1, 2, 3, 4])[2:3], (ARRAY[1, 2, 3, 4])[:2], (ARRAY[1, 2, 3, 4])[3:], (ARRAY[1, 2, 3, 4])[:]
SELECT (ARRAY[1, 2, 3, 4])[3:2], (ARRAY[1, 2, 3, 4])[0:1], (ARRAY[1, 2, 3, 4])[-5:2], (ARRAY[1, 2, 3, 4])[5:9], (ARRAY[1, 2, 3, 4])[2:99]
SELECT (ARRAY[1, 2, 3, 4])[NULL:2]
SELECT (ARRAY[[1, 2], [3, 4]])[2][1], (ARRAY[[1, 2], [3, 4]])[1], (ARRAY[[1, 2], [3, 4]])[3][1]
SELECT ARRAY[[1, 2], [3, 4]], '{{1,2},{3,4}}'::int[]
SELECT (ARRAY[[1, 2], [3, 4]])[1:1]
SELECT 1 = ANY (ARRAY[1, 2]), 3 = ANY (ARRAY[1, 2]), 1 = ANY (ARRAY[2, NULL]), 2 = ANY (ARRAY[2, NULL])
SELECT NULL = ANY (ARRAY[1, 2]), 1 = ANY (NULL::int[]), 1 = ANY (ARRAY[]::int[]), NULL = ANY (ARRAY[]::int[])
SELECT 1 = ALL (ARRAY[1, 1]), 1 = ALL (ARRAY[1, NULL]), 1 = ALL (ARRAY[2, NULL]), 1 = ALL (ARRAY[]::int[]), NULL = ALL (ARRAY[1])
SELECT 1 <> ALL (ARRAY[2, 3]), 1 <> ANY (ARRAY[1, 1]), 1 <> ALL (ARRAY[2, NULL]), 1 <> ANY (ARRAY[1, NULL])
SELECT 3 > ANY (ARRAY[1, 5]), 3 > ALL (ARRAY[1, 5]), 3 < ANY (ARRAY[1, NULL]), 3 >= ALL (ARRAY[1, 3]), 3 <= ALL (ARRAY[]::int[])
SELECT 'abc' LIKE ANY (ARRAY['a%', 'x%']), 'abc' LIKE ALL (ARRAY['a%', 'x%']), 'abc' NOT LIKE ALL (ARRAY['x%', 'y%']), 'ABC' ILIKE ANY (ARRAY['a%'])
SELECT 'a' = ANY ('{a,b}'), 1 = ANY ('{1,2}'), 'c' = ANY ('{a,b}'::text[])
SELECT 5 = SOME (ARRAY[5])
SELECT NOT (1 = ANY (ARRAY[2, NULL])), (1 = ANY (ARRAY[2, NULL])) IS NULL
SELECT id FROM orders WHERE channel = ANY (ARRAY['web', NULL]) ORDER BY id
SELECT id FROM orders WHERE NOT channel = ANY (ARRAY['web', NULL]) ORDER BY id
SELECT id FROM orders WHERE channel <> ALL (ARRAY['web', 'shop']) ORDER BY id
SELECT id, channel = ANY (ARRAY['web', NULL]) FROM orders ORDER BY id
SELECT 1 = ANY (SELECT customer FROM orders), 100 = ANY (SELECT customer FROM orders), 1 <> ALL (SELECT quantity FROM orders)
SELECT unnest(ARRAY[1, 2, 3])
SELECT unnest(ARRAY[1, 2]), unnest(ARRAY['a', 'b', 'c'])
SELECT unnest(ARRAY[]::int[])
SELECT unnest(NULL::int[])
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c'])
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) AS u(n, s)
SELECT * FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY
SELECT * FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u(x, n) ORDER BY n DESC
SELECT * FROM unnest(ARRAY[1, 2]) AS n WHERE n > 1
SELECT u.x FROM unnest(ARRAY[3, 1, 2]) AS u(x) ORDER BY u.x
-- differs error: arrays of several dimensions are not supported here, which is an error
SELECT unnest(ARRAY[[1, 2], [3, 4]])
SELECT p.id, u.w FROM people p, unnest(string_to_array(p.name, ' ')) AS u(w) ORDER BY 1, 2
SELECT array_length(ARRAY[1, 2, 3], 1), array_length(ARRAY[]::int[], 1), array_length(ARRAY[1, 2], 2), array_length(NULL::int[], 1)
SELECT array_length(ARRAY[[1, 2, 3], [4, 5, 6]], 1), array_length(ARRAY[[1, 2, 3], [4, 5, 6]], 2)
SELECT cardinality(ARRAY[1, 2, 3]), cardinality(ARRAY[]::int[]), cardinality(ARRAY[[1, 2], [3, 4]]), cardinality(NULL::int[])
SELECT array_lower(ARRAY[1, 2], 1), array_upper(ARRAY[1, 2], 1), array_upper(ARRAY[]::int[], 1), array_lower(ARRAY[1, 2], 2)
SELECT array_ndims(ARRAY[1, 2]), array_ndims(ARRAY[[1, 2], [3, 4]]), array_ndims(ARRAY[]::int[]), array_dims(ARRAY[[1, 2, 3], [4, 5, 6]]), array_dims(ARRAY[]::int[])
SELECT ARRAY[1, 2] || ARRAY[3], ARRAY[1, 2] || 3, 0 || ARRAY[1, 2], ARRAY[1] || NULL::int, ARRAY[1] || NULL::int[]
SELECT ARRAY['a'] || 'b'::text, ARRAY['a'] || ARRAY['b'], ARRAY['a'] || '{b,c}', ARRAY[]::int[] || 1
SELECT array_append(ARRAY[1, 2], 3), array_append(ARRAY[1], NULL), array_append(NULL::int[], 1), array_prepend(0, ARRAY[1, 2]), array_cat(ARRAY[1], ARRAY[2, 3])
SELECT array_remove(ARRAY[1, 2, 3, 2], 2), array_remove(ARRAY[1, NULL, 2], NULL), array_remove(ARRAY[1], 5), array_remove(NULL::int[], 1)
SELECT array_replace(ARRAY[1, 2, 3, 2], 2, 9), array_replace(ARRAY[1, NULL], NULL, 0), array_replace(ARRAY[1, 2], 2, NULL)
SELECT array_position(ARRAY['a', 'b', 'a'], 'a'), array_position(ARRAY['a', 'b', 'a'], 'a', 2), array_position(ARRAY['a', NULL], NULL), array_position(ARRAY['a'], 'x')
SELECT array_positions(ARRAY['a', 'b', 'a'], 'a'), array_positions(ARRAY[1, NULL, NULL], NULL), array_positions(ARRAY[1], 9), array_positions(NULL::int[], 1)
-- differs error: arrays of several dimensions are not supported here, which is an error
SELECT array_fill(7, ARRAY[3]), array_fill(0, ARRAY[2, 3]), array_fill(NULL::int, ARRAY[2])
-- differs error: arrays of several dimensions are not supported here, which is an error
SELECT array_fill(7, ARRAY[2], ARRAY[5])
SELECT array_to_string(ARRAY[1, 2, NULL, 3], ','), array_to_string(ARRAY[1, 2, NULL, 3], ',', '*'), array_to_string(ARRAY[]::int[], ','), array_to_string(NULL::int[], ',')
-- differs written: the elements of an array have one number of decimals
SELECT array_to_string(ARRAY[1.50, 2], '|'), array_to_string(ARRAY[true, false], ','), array_to_string(ARRAY[DATE '2024-01-01'], ','), array_to_string(ARRAY[[1, 2], [3, 4]], ',')
SELECT string_to_array('a,b,c', ','), string_to_array('a,,c', ',', ''), string_to_array('', ','), string_to_array('abc', NULL), string_to_array(NULL, ','), string_to_array('abc', '')
SELECT string_to_array('xx~~yy~~zz', '~~', 'yy')
SELECT ARRAY[1, 2] = ARRAY[1, 2], ARRAY[1, 2] < ARRAY[1, 3], ARRAY[1, 2] > ARRAY[1], ARRAY[1, NULL] = ARRAY[1, NULL], ARRAY[1, 2] <> ARRAY[2, 1]
SELECT ARRAY[1, NULL] < ARRAY[1, 2], ARRAY[1, NULL] > ARRAY[1, 2], ARRAY[]::int[] < ARRAY[0], ARRAY[]::int[] = ARRAY[]::int[]
SELECT ARRAY[1, 2, 3] @> ARRAY[2], ARRAY[1, 2] @> ARRAY[2, 5], ARRAY[2] <@ ARRAY[1, 2], ARRAY[1, 2] && ARRAY[2, 3], ARRAY[1] && ARRAY[2]
SELECT ARRAY[1, NULL] @> ARRAY[NULL]::int[], ARRAY[1, NULL] && ARRAY[NULL]::int[], ARRAY[1] @> ARRAY[]::int[], ARRAY[1] && ARRAY[]::int[], NULL::int[] @> ARRAY[1]
SELECT ARRAY[1, 1, 2] @> ARRAY[2, 2], ARRAY['a', 'b'] && '{b}', ARRAY['a'] <@ '{a,b}'
SELECT ARRAY(SELECT id FROM orders WHERE id < 4 ORDER BY id DESC), ARRAY(SELECT 1 WHERE false)
SELECT ARRAY(SELECT channel FROM orders WHERE id IN (1, 3, 6) ORDER BY id)
SELECT id, ARRAY(SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.id) FROM people p ORDER BY id
SELECT generate_subscripts(ARRAY[10, 20, 30], 1)
SELECT s, (ARRAY[10, 20, 30])[s] FROM generate_subscripts(ARRAY[10, 20, 30], 1) AS s
SELECT ARRAY[1, 2]::text, ARRAY['a', 'b c', 'd,e', '', NULL, 'NULL', 'x"y', 'a\b']::text, ARRAY[1.50]::text
SELECT ARRAY[TIMESTAMP '2024-01-01 10:00'], ARRAY[DATE '2024-01-01', NULL], ARRAY[interval '1 day']
SELECT ARRAY[1, 2]::text[], ARRAY['1', '2']::int[], ARRAY[1.6, 2.4]::int[]
SELECT ARRAY[1, 2] || '', 'x' || ARRAY[1, 2]::text
SELECT pg_typeof(ARRAY[1]), pg_typeof(ARRAY['a']), pg_typeof(ARRAY[1.5]), pg_typeof(ARRAY[1, 2.5]), pg_typeof(ARRAY[DATE '2024-01-01']), pg_typeof('{}'::text[])
SELECT trim_array(ARRAY[1, 2, 3, 4], 2), trim_array(ARRAY[1, 2], 0)
SELECT trim_array(ARRAY[1, 2], 3)
SELECT array_agg(x) FROM unnest(ARRAY[3, 1, 2]) x
SELECT array_agg(x ORDER BY x) FROM unnest(ARRAY[3, 1, NULL, 2]) x
SELECT x FROM (VALUES (ARRAY[2, 1]), (ARRAY[1, 2]), (NULL), (ARRAY[1])) v(x) ORDER BY x
SELECT x, count(*) FROM (VALUES (ARRAY[1, 2]), (ARRAY[1, 2]), (ARRAY[2])) v(x) GROUP BY x ORDER BY x
SELECT DISTINCT x FROM (VALUES (ARRAY['a']), (ARRAY['a'])) v(x)
SELECT array_length(array_agg(id), 1), cardinality(array_agg(DISTINCT channel)) FROM orders
SELECT (array_agg(id ORDER BY amount DESC NULLS LAST))[1:3], (array_agg(channel ORDER BY id))[1] FROM orders
SELECT (string_to_array('a b c', ' '))[2], split_part('a b c', ' ', 2), (regexp_split_to_array('a1b2', '\d'))[1]
SELECT array_ndims(NULL::int[]), array_length(ARRAY[1], 0), array_length(ARRAY[1], NULL)
SELECT ARRAY[[1, 2], [3]]
-- differs sqlstate: another SQLSTATE
SELECT ARRAY[1, 2] = ARRAY['a']
SELECT array_append(1, 2)
SELECT unnest(5)
SELECT array_sort(ARRAY[2, 1])
SELECT ARRAY[1, 2, 3] IS NULL, ARRAY[1, NULL] IS NOT NULL, coalesce(NULL::int[], ARRAY[1])
SELECT CASE WHEN true THEN ARRAY[1] ELSE NULL END, nullif(ARRAY[1], ARRAY[1]), greatest(ARRAY[1], ARRAY[2])
SELECT p.name, u.n FROM people p CROSS JOIN unnest(ARRAY[p.id, p.id * 10]) AS u(n) ORDER BY 1, 2
SELECT i = ANY ('{1,2}'::int[]), i <> ALL (ARRAY[1, 2]), s LIKE ANY (ARRAY['a%', '%x%']) FROM t ORDER BY i
SELECT array_position(ARRAY[5, 4, 3], i), array_remove(ARRAY[1, 2, 3], i), ARRAY[1, 2] || i FROM t ORDER BY i
SELECT ARRAY[i, b::int] @> ARRAY[1], ARRAY[i] && ARRAY[1, 2], ARRAY[i, 1] < ARRAY[2, 1] FROM t WHERE b < 100000 ORDER BY i
SELECT customer, array_agg(DISTINCT channel) FROM orders GROUP BY customer ORDER BY customer
SELECT * FROM unnest(ARRAY[1, 2, 3], ARRAY['x', 'y']) WITH ORDINALITY
SELECT ARRAY(SELECT o.channel FROM orders o ORDER BY o.id LIMIT 2)
SELECT ARRAY(SELECT DISTINCT channel FROM orders WHERE channel IS NOT NULL ORDER BY channel)
SELECT ARRAY(SELECT DISTINCT channel FROM orders WHERE channel IS NOT NULL ORDER BY 1 DESC)
SELECT ARRAY(SELECT channel FROM orders WHERE channel IS NOT NULL GROUP BY channel ORDER BY channel)
SELECT ARRAY(SELECT channel FROM orders GROUP BY channel HAVING count(*) > 3 ORDER BY count(*) DESC, channel)
SELECT ARRAY(SELECT id FROM orders ORDER BY amount DESC NULLS LAST, id OFFSET 3 LIMIT 3)
SELECT ARRAY(SELECT id AS x FROM orders ORDER BY x DESC FETCH FIRST 2 ROWS ONLY)
SELECT ARRAY(SELECT x FROM unnest(ARRAY[3,1,2]) AS x ORDER BY x)
SELECT ARRAY(SELECT x FROM unnest(ARRAY[3,1,2]) AS x ORDER BY x DESC LIMIT 2)
SELECT ARRAY(SELECT DISTINCT x FROM unnest(ARRAY[3,1,3]) AS x ORDER BY x)
SELECT ARRAY(SELECT x * 2 FROM unnest(ARRAY[3,1,2]) AS x)
SELECT ARRAY(SELECT id FROM orders WHERE false LIMIT 3)
SELECT ARRAY(WITH c AS (SELECT 1 AS a) SELECT a FROM c)
SELECT p.id, ARRAY(SELECT o.id FROM orders o WHERE o.customer = p.id ORDER BY o.amount DESC NULLS LAST, o.id LIMIT 2) FROM people p ORDER BY 1
SELECT p.id, ARRAY(SELECT DISTINCT o.channel FROM orders o WHERE o.customer = p.id ORDER BY 1) FROM people p ORDER BY 1
SELECT p.city, array_length(ARRAY(SELECT 1 FROM orders o WHERE o.customer = p.id LIMIT 1), 1) FROM people p ORDER BY p.id
SELECT array_to_string(ARRAY[[1,2],[3,4]], ',')
SELECT array_to_string(ARRAY[[1,NULL],[3,4]], ',', '*')
SELECT array_dims(ARRAY[1,2,3])
SELECT array_dims(ARRAY[[1,2,3],[4,5,6]])
SELECT array_ndims(ARRAY[[1,2,3],[4,5,6]])
SELECT array_ndims('{}'::int[])
SELECT array_dims('{}'::int[])
SELECT array_fill(7, ARRAY[3])
SELECT array_fill(NULL::int, ARRAY[2])
SELECT array_fill(7, ARRAY[0])
SELECT array_fill(7, ARRAY[-1])
SELECT array_positions(ARRAY['a','b','a'], 'a')
SELECT array_positions(ARRAY[1,NULL,1], NULL)
SELECT array_positions(ARRAY[1,2], 3)
SELECT array_position(ARRAY[1,2,1], 1, 2)
SELECT trim_array(ARRAY[1,2,3], 1)
SELECT trim_array(ARRAY[1,2,3], 4)
SELECT trim_array(ARRAY[1,2,3], 0)
SELECT trim_array(ARRAY[1,2,3], 3)
SELECT array_lower(ARRAY[1,2], 1), array_upper(ARRAY[1,2], 1), array_length(ARRAY[[1,2],[3,4]], 2), cardinality(ARRAY[[1,2],[3,4]])
SELECT array_replace(ARRAY[1,2,3], 2, 9)
SELECT array_remove(ARRAY[1,2,3], 2)
SELECT array_cat(ARRAY[1,2], ARRAY[3])
SELECT string_to_array('a,b', ',')
SELECT array_append(ARRAY[1], 2), array_prepend(0, ARRAY[1])
SELECT (ARRAY[[1,2],[3,4]])[1][2]
SELECT (ARRAY[1,2,3])[2:3]
SELECT array_positions(x, 'a') FROM (VALUES (ARRAY['a','b','a'])) v (x)
SELECT array_to_string(ARRAY[[[1, 2], [3, 4]], [[5, 6], [7, NULL]]], ',', '-'), array_to_string(NULL::int[], ','), array_to_string(ARRAY[]::int[], ',')
SELECT array_to_string(x, ',') FROM (VALUES (ARRAY[[1, 2], [3, 4]]), (NULL), (ARRAY[[5, 6]])) v (x)
-- differs error: array_fill makes arrays of one dimension
SELECT array_fill(7, ARRAY[2, 3])
