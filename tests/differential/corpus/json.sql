-- JSON: casts, operators, functions, aggregates, rows.
SELECT '{"a": 1}'::json
SELECT '{"b": 1, "a": [1, 2.50, 1e2], "aa": null, "a": 3}'::jsonb
SELECT '[1, 2'::json
SELECT '{a: 1}'::jsonb
SELECT ''::json
SELECT NULL::jsonb
SELECT 'null'::json
SELECT '01'::json
SELECT '1.'::json
SELECT '-0'::jsonb
SELECT '1e5'::jsonb
SELECT '1.50e-3'::jsonb
SELECT '123456789012345678901234567890.10'::jsonb
SELECT '"\u00e4\n\/"'::jsonb
SELECT '"\u00e4\n\/"'::json
SELECT '"\u0000"'::jsonb
SELECT '"\ud83d\ude00"'::jsonb
SELECT '"\ud83d"'::jsonb
SELECT json '{"a":1}', jsonb '{"a":1}'
SELECT '{"a": {"b": [10, 20, 30]}}'::json -> 'a'
SELECT '{"a": {"b": [10, 20, 30]}}'::jsonb -> 'a' -> 'b' -> 1
SELECT '{"a": {"b": [10, 20, 30]}}'::jsonb -> 'a' -> 'b' ->> -1
SELECT '{"a": "x\"y"}'::json ->> 'a'
SELECT '{"a": null}'::json ->> 'a', '{"a": null}'::json -> 'a'
SELECT '{"a": 1}'::json -> 'missing', '[1]'::json -> 'a', '{"a":1}'::json -> 0
SELECT '{"a": [1,  2]}'::json -> 'a', '{"a": [1,  2]}'::jsonb -> 'a'
SELECT '{"a": {"b": ["x", "y"]}}'::json #> '{a,b,1}', '{"a": {"b": ["x", "y"]}}'::json #>> '{a,b,1}'
SELECT '{"a": {"b": ["x", "y"]}}'::jsonb #> '{a,b,-1}', '{"a": {"b": ["x", "y"]}}'::jsonb #>> ARRAY['a','b']
SELECT '{"a":1,"b":2}'::jsonb @> '{"b":2}', '{"b":2}'::jsonb <@ '{"a":1,"b":2}', '[1,2,3]'::jsonb @> '[3,1]', '[1,2]'::jsonb @> '1'
SELECT '{"a":{"b":1}}'::jsonb @> '{"a":{}}', '{"a":[1,{"x":1}]}'::jsonb @> '{"a":[{"x":1}]}', '1.0'::jsonb @> '1.00'
SELECT '{"a":1,"b":2}'::jsonb ? 'b', '["a","b"]'::jsonb ? 'b', '"a"'::jsonb ? 'a', '{"a":1}'::jsonb ? 'c'
SELECT '{"a":1,"b":2}'::jsonb ?| ARRAY['b','z'], '{"a":1,"b":2}'::jsonb ?& ARRAY['a','z']
SELECT '{"a":1}'::jsonb || '{"b":2,"a":3}', '[1]'::jsonb || '[2]', '[1]'::jsonb || '{"a":1}', '1'::jsonb || '2'::jsonb
SELECT '{"a":1,"b":2}'::jsonb - 'a', '["a","b","a"]'::jsonb - 'a', '[1,2,3]'::jsonb - 1, '[1,2,3]'::jsonb - -1
SELECT '{"a":1,"b":2,"c":3}'::jsonb - ARRAY['a','c']
SELECT '1'::jsonb - 'a'
SELECT '{"a":1}'::jsonb - 1
SELECT '{"a":{"b":[1,2]}}'::jsonb #- '{a,b,0}'
SELECT '{"a":1}'::jsonb = '{"a":1.0}'::jsonb, '{"a":1}'::jsonb < '{"a":2}'::jsonb, '[]'::jsonb < 'null'::jsonb
SELECT '{"a":1}'::json = '{"a":1}'::json
SELECT '{"a":1}' -> 'a'
SELECT 1 -> 'a'
SELECT ('{"a":"5"}'::json ->> 'a')::int + 1
SELECT ('{"a":5.7}'::jsonb -> 'a')::int, ('{"a":true}'::jsonb -> 'a')::boolean
SELECT ('{"a":"5"}'::jsonb -> 'a')::int
SELECT ('{"a":5}'::json -> 'a')::int
SELECT '{"a":1}'::json::text, '{"a":1}'::jsonb::text, '{"a":1}'::json::jsonb, '{"a":1}'::jsonb::json
SELECT 1::json
SELECT '{"a":1}'::jsonb::date
SELECT json_typeof('[]'), json_typeof('{}'), json_typeof('1'), json_typeof('"a"'), json_typeof('true'), json_typeof('null'), json_typeof(NULL)
SELECT jsonb_typeof('-1.5')
SELECT json_array_length('[1,2,[3]]'), jsonb_array_length('[]')
SELECT json_array_length('{}')
SELECT json_array_length('1')
SELECT json_build_object('a', 1, 'b', 'x', 'c', NULL, 'd', true, 'e', 1.50, 'f', ARRAY[1,2])
SELECT jsonb_build_object('b', 1, 'a', 'x', 'c', date '2024-01-31')
SELECT json_build_object(1, 2, 'x', timestamp '2024-01-31 10:20:30')
SELECT json_build_object('a')
SELECT json_build_object(NULL, 1)
SELECT json_build_object()
SELECT json_build_array(1, 'a', NULL, 2.5, false), json_build_array()
SELECT jsonb_build_array(1, 'a', NULL, '{"a":1}'::json)
SELECT json_build_object('a', '{"b": 1}'::json, 'c', json_build_array(1, 2))
SELECT json_object('{a,1,b,2}'), json_object('{a,b}', '{1,2}')
SELECT json_object('{a,1,b}')
SELECT to_json('x"y'::text), to_json(1), to_json(1.5), to_json(true), to_json(ARRAY[1,2]), to_json(NULL::int)
SELECT to_jsonb('x'::text), to_jsonb(date '2024-01-31'), to_jsonb(timestamp '2024-01-31 10:20:30.5'), to_jsonb(1e10::float8)
SELECT to_json('NaN'::float8), to_json(interval '1 day 02:00'), to_json(time '10:20:30')
SELECT row_to_json(x) FROM (SELECT 1 AS a, 'x' AS b, NULL AS c) x
SELECT row_to_json(x, true) FROM (SELECT 1 AS a, 'x' AS b) x
SELECT row_to_json(ROW(1, 'a'))
SELECT to_json(x), to_jsonb(x) FROM (SELECT 1 AS "B", ARRAY[1,2] AS a) x
SELECT 'chart' AS name, pg_catalog.row_to_json(x) AS data FROM (SELECT (SELECT count(*) FROM pg_catalog.pg_type WHERE false) AS "Total", 0 AS "Active") x
SELECT array_to_json(ARRAY[1,2,3]), array_to_json(ARRAY['a','b'], true)
SELECT json_agg(x) FROM (VALUES (1),(2),(NULL)) v(x)
SELECT json_agg(x ORDER BY x DESC) FROM (VALUES (1),(2),(3)) v(x)
SELECT jsonb_agg(DISTINCT x) FROM (VALUES (1),(2),(2)) v(x)
SELECT json_agg(x) FILTER (WHERE x > 1) FROM (VALUES (1),(2),(3)) v(x)
SELECT json_agg(v) FROM (VALUES (1,'a'),(2,'b')) v(x,y)
SELECT jsonb_agg(v) FROM (VALUES (1,'a'),(2,'b')) v(x,y)
SELECT json_agg(ARRAY[x, x]) FROM (VALUES (1),(2)) v(x)
SELECT json_agg(x) FROM (VALUES (1)) v(x) WHERE false
SELECT json_agg('{"a":1}'::json) FROM (VALUES (1),(2)) v(x)
SELECT json_object_agg(k, x) FROM (VALUES ('a',1),('b',NULL)) v(k,x)
SELECT jsonb_object_agg(k, x) FROM (VALUES ('b',1),('a',2),('b',3)) v(k,x)
SELECT json_object_agg(k, x) FROM (VALUES (NULL,1)) v(k,x)
SELECT k % 2 AS g, json_agg(k ORDER BY k) FROM (VALUES (1),(2),(3)) v(k) GROUP BY 1 ORDER BY 1
SELECT * FROM json_each('{"a":1,"b":"x"}')
SELECT * FROM jsonb_each('{"b":1,"a":"x"}')
SELECT * FROM json_each_text('{"a":1,"b":"x","c":null}')
SELECT key, value FROM jsonb_each_text('{"a":1,"b":{"c":2}}') ORDER BY key DESC
SELECT * FROM json_each('[1]')
SELECT * FROM json_array_elements('[1, {"a":2}, null]')
SELECT * FROM jsonb_array_elements_text('["a", 1, null]')
SELECT x FROM json_array_elements('[1,2]') x
SELECT x.value FROM json_array_elements('[1,2]') AS x
SELECT e ->> 'a' AS a FROM json_array_elements('[{"a":1},{"a":2}]') e
SELECT * FROM json_array_elements('{"a":1}')
SELECT * FROM json_object_keys('{"b":1,"a":2}')
SELECT json_object_keys('{"b":1,"a":2}')
SELECT json_array_elements('[1,2,3]')
SELECT jsonb_array_elements_text('["a","b"]') AS e
SELECT e.value, e.ordinality FROM json_array_elements('["a","b"]') WITH ORDINALITY e
SELECT t.id, e.value FROM (VALUES (1, '[1,2]'::json), (2, '[3]'), (3, '[]')) t(id, j), json_array_elements(t.j) e
SELECT t.id, k.key, k.value FROM (VALUES (1, '{"a":1,"b":2}'::jsonb)) t(id, j) CROSS JOIN LATERAL jsonb_each_text(t.j) AS k
SELECT t.id, e FROM (VALUES (1, '["x"]'::jsonb), (2, '[]')) t(id, j) LEFT JOIN LATERAL jsonb_array_elements_text(j) e ON true ORDER BY 1
SELECT (json_each('{"a":1}')).key
SELECT json_extract_path('{"a":{"b":1}}', 'a', 'b'), json_extract_path_text('{"a":{"b":"x"}}', 'a', 'b')
SELECT jsonb_extract_path('{"a":[1,2]}', 'a', '1'), jsonb_extract_path_text('{"a":[1,2]}', 'a', '5')
SELECT jsonb_set('{"a":1}', '{a}', '2'), jsonb_set('{"a":1}', '{b}', '2'), jsonb_set('{"a":1}', '{b}', '2', false)
SELECT jsonb_set('[1,2,3]', '{1}', '"x"'), jsonb_set('[1,2]', '{9}', '0'), jsonb_set('{"a":{"b":1}}', '{a,b}', '{"c":2}')
SELECT jsonb_set('1', '{a}', '2')
SELECT jsonb_set('[1]', '{a}', '2')
SELECT jsonb_insert('{"a":[0,1,2]}', '{a,1}', '"n"'), jsonb_insert('{"a":[0,1,2]}', '{a,1}', '"n"', true)
SELECT jsonb_insert('{"a":1}', '{a}', '2')
SELECT json_strip_nulls('{"a":null, "b":{"c":null, "d":1}, "e":[null]}'), jsonb_strip_nulls('{"a":null,"b":1}')
SELECT jsonb_pretty('{"a":1,"b":[1,{"c":null}],"d":{},"e":[]}')
SELECT json_typeof('{"a":1}'::jsonb)
SELECT length('{"a":1}'::json)
SELECT pg_typeof('{}'::json), pg_typeof('{}'::jsonb), pg_typeof('{"a":1}'::jsonb -> 'a'), pg_typeof('{"a":1}'::jsonb ->> 'a')
SELECT count(*) FROM (VALUES ('{"a":1}'::jsonb), ('{"a":2}')) v(j) WHERE j ->> 'a' = '1'
SELECT j ->> 'a' AS a, count(*) FROM (VALUES ('{"a":"x"}'::jsonb), ('{"a":"x"}')) v(j) GROUP BY 1
SELECT sum((j ->> 'n')::numeric) FROM (VALUES ('{"n":1.5}'::jsonb), ('{"n":2}')) v(j)
SELECT coalesce('{"a":1}'::jsonb -> 'b', '{}'::jsonb)
SELECT CASE WHEN true THEN '{"a":1}'::jsonb END
SELECT '{"a":1}'::jsonb::text || 'x', 'x' || '{"a":1}'::json
SELECT DISTINCT j FROM (VALUES ('{"a":1}'::jsonb), ('{"a": 1}')) v(j)
SELECT j FROM (VALUES ('{"a":1}'::json)) v(j) UNION ALL SELECT '{"b":2}'::json
SELECT json_agg(json_build_object('id', i, 's', s) ORDER BY i) FROM t WHERE i < 3
SELECT row_to_json(t) FROM t WHERE i = 1
SELECT city, json_agg(name ORDER BY id) FROM people GROUP BY city ORDER BY city NULLS LAST
SELECT to_jsonb(p) ->> 'name' FROM people p WHERE id = 1
SELECT json_object_agg(id, name ORDER BY id) FROM people WHERE id < 4
SELECT '"x"'::jsonb #>> '{}', '[1]'::json #>> '{}', '{"a":{"b":2}}'::jsonb #> '{}', 'null'::jsonb #>> '{}', '{"a":[1,2]}'::jsonb #>> '{a,1}', '{"a":[1,2]}'::jsonb #> '{a,b}'
SELECT jsonb_extract_path('{"a":1}'), jsonb_extract_path_text('"x"'), json_extract_path_text('{"a":{"b":"c"}}', 'a', 'b')
SELECT j FROM (VALUES ('{"b":1}'::jsonb), ('[1]'), ('"x"'), ('10'), ('9'), ('true'), ('null'), ('[]'), ('{}'), ('[[]]'), ('-5'), ('-50'), ('0.5'), ('0.05'), ('1e3'), ('-0.5'), ('0'), ('"X"'), ('[1,2]'), ('[0,3]'), ('{"aa":1}'), ('{"b":0}'), ('false'), ('[null]'), ('"xa"')) v(j) ORDER BY j
SELECT j FROM (VALUES ('10'::jsonb), ('9'), ('"a"')) v(j) ORDER BY j DESC
SELECT j, count(*) FROM (VALUES ('{"a":1,"b":2}'::jsonb), ('{"b":2, "a":1}'), ('[1]')) v(j) GROUP BY j ORDER BY j
-- differs error: refused
SELECT count(*) FROM (VALUES ('{"a":1}'::jsonb), ('{"a":1.0}'), ('{"a": 1}')) v(j) GROUP BY j
-- differs error: refused
SELECT DISTINCT j FROM (VALUES ('{"a":1}'::jsonb), ('{"a":1.0}')) v(j)
SELECT DISTINCT j ->> 'a' FROM (VALUES ('{"a":1}'::jsonb), ('{"a": 1}')) v(j)
SELECT j -> 'a', count(*) FROM (VALUES ('{"a":1}'::jsonb), ('{"a": 1}'), ('{"b":1}')) v(j) GROUP BY j -> 'a' ORDER BY 1
SELECT j -> 'a' AS k, count(*) FROM (VALUES ('{"a":1}'::jsonb), ('{"a": 1}'), ('{"b":1}')) v(j) GROUP BY k ORDER BY k
SELECT '{"a":1}'::jsonb IN ('{"a":1.0}', '{}'), '10'::jsonb > '9'::jsonb, '1'::jsonb NOT IN ('1.0', '2')
-- differs error: refused
SELECT greatest('10'::jsonb, '9'::jsonb)
SELECT j ->> 'a', count(*) OVER (PARTITION BY j) FROM (VALUES ('{"a":1}'::jsonb), ('{"a":1.0}')) v(j)
SELECT j, row_number() OVER (ORDER BY j) FROM (VALUES ('10'::jsonb), ('9'), ('"a"')) v(j) ORDER BY 2
SELECT count(DISTINCT j) FROM (VALUES ('10'::jsonb), ('10.0'), ('"a"')) v(j)
SELECT '1'::jsonb IS DISTINCT FROM '1.0'::jsonb, '1'::jsonb = '1.0'::jsonb, '{"a":[]}'::jsonb = '{"a":[ ]}'
SELECT a.j FROM (VALUES ('1'::jsonb)) a(j) JOIN (VALUES ('1.0'::jsonb)) b(j) USING (j)
SELECT a.j FROM (VALUES ('1'::jsonb)) a(j) JOIN (VALUES ('1.0'::jsonb)) b(j) ON a.j = b.j
SELECT '1'::jsonb UNION SELECT '1'::jsonb
-- differs error: refused
SELECT '1'::jsonb UNION SELECT '1.0'::jsonb
SELECT '1'::jsonb INTERSECT SELECT '1'::jsonb
SELECT '1'::jsonb EXCEPT SELECT '2'::jsonb
-- differs error: refused
SELECT DISTINCT ON (j) j FROM (VALUES ('1'::jsonb), ('1')) v(j)
SELECT json_build_object('a', (SELECT '{"b":1}'::jsonb), 'c', jsonb_build_object('d', 1) -> 'd', 'e', max(i)) FROM t
SELECT json_build_object('total', sum(amount), 'by', (SELECT json_object_agg(c, s ORDER BY c) FROM (SELECT coalesce(channel, '-') AS c, sum(amount) AS s FROM orders GROUP BY 1) x)) FROM orders
SELECT to_jsonb((SELECT '{"b":1}'::jsonb)), jsonb_build_array((SELECT json_agg(i ORDER BY i) FROM t WHERE i < 3), 1)
SELECT p.id, json_build_object('orders', (SELECT json_agg(o.id ORDER BY o.id) FROM orders o WHERE o.customer = p.id)) FROM people p ORDER BY 1
SELECT json_agg((SELECT jsonb_build_object('i', t.i)) ORDER BY i) FROM t WHERE i < 3
SELECT coalesce((SELECT '{"b":1}'::jsonb), '{}') -> 'b', (SELECT '{"b":1}'::jsonb) ->> 'b', jsonb_typeof((SELECT '[1]'::jsonb))
SELECT jsonb_agg(x ORDER BY i) FROM (SELECT i, (SELECT jsonb_build_object('i', t.i)) AS x FROM t WHERE i < 3) q
SELECT '[1,2,{"a":1.0}]'::jsonb @> '[{"a":1}]', '[1]'::jsonb @> '1.0', '{"a":[1,2]}'::jsonb <@ '{"a":[2,1,3]}', '"a"'::jsonb @> '"a"', '[[]]'::jsonb < '[1]'
SELECT max(j ->> 'a') FROM (VALUES ('{"a":1}'::jsonb)) v(j)
-- differs error: refused
SELECT nullif('1'::jsonb, '1.0'::jsonb)
-- differs error: refused
SELECT CASE '1'::jsonb WHEN '1.0' THEN 'same' ELSE 'not' END
-- differs error: refused
SELECT i FROM t WHERE '1'::jsonb IN (SELECT '1.0'::jsonb)
SELECT j FROM (VALUES ('2'::json), ('1')) v(j) ORDER BY j
SELECT DISTINCT j FROM (VALUES ('2'::json), ('1')) v(j)
SELECT j, count(*) FROM (VALUES ('2'::json), ('1')) v(j) GROUP BY j
SELECT * FROM json_to_record('{"a": 1, "b": "x"}') AS r (a int, b text)
SELECT * FROM jsonb_to_record('{"a": 1, "b": "x"}') AS r (a int, b text, c date)
SELECT * FROM json_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS r (a int, b text)
SELECT * FROM jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS r (a int, b text)
SELECT r.a FROM (VALUES ('{"a": 1}'::jsonb)) v (j), jsonb_to_record(v.j) AS r (a int)
SELECT length(j::text) FROM (VALUES ('{"a": [1,2]}'::jsonb)) v (j)
SELECT length(j::text) FROM (VALUES ('{"a":   [1,2]}'::json)) v (j)
SELECT (j)['a'][0] FROM (VALUES ('{"a": [1,2]}'::jsonb)) v (j)
SELECT j['a'] FROM (VALUES ('{"a": [1,2]}'::jsonb)) v (j)
SELECT j['a'][-1] FROM (VALUES ('{"a": [1,2]}'::jsonb)) v (j)
SELECT ('{"a": 1}'::jsonb)['a']
SELECT ('[1, 2]'::jsonb)[1]
SELECT ('[1, 2]'::jsonb)['1']
SELECT j['a'] = '[1, 2]' FROM (VALUES ('{"a": [1,2]}'::jsonb)) v (j)
SELECT jsonb_set('{"a": 1}', '{a}', '2')
SELECT jsonb_set('{"a": 1}', '{b}', '2', false)
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL)
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'delete_key')
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'return_target')
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'raise_exception')
SELECT jsonb_insert('{"a": [0,1]}', '{a, 1}', '"new"')
SELECT jsonb_insert('{"a": [0,1]}', '{a, 1}', '"new"', true)
SELECT jsonb_strip_nulls('{"a": null, "b": 1}')
SELECT json_strip_nulls('{"a": null, "b": 1}')
SELECT jsonb_pretty('{"a": [1]}')
SELECT '{"a": {"b": 1}}'::jsonb #- '{a,b}'
SELECT '{"a": 1, "b": 2}'::jsonb - ARRAY['a']
SELECT '{"a": 1, "b": 2}'::jsonb - '{a,b}'::text[]
SELECT '{"a": 1, "b": 2}'::jsonb - 'a'
SELECT json_object('{a,1,b,2}')
SELECT json_object('{a,b}', '{1,2}')
SELECT jsonb_object('{a,1,b,2}')
SELECT json_object_agg(x, y) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT jsonb_object_agg(x, y) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT jsonb_agg(x ORDER BY x DESC) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT to_jsonb(v), row_to_json(v) FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT j['a'][0], j['b'], j['a']['1'], j['x'] FROM (VALUES ('{"a": [1, 2], "b": {"c": "d"}}'::jsonb)) v (j)
SELECT (j['a'])[1], j[0], (j['b']['c']) FROM (VALUES ('{"a": [1, 2], "b": {"c": "d"}, "0": 7}'::jsonb)) v (j)
SELECT j['a'] -> 0, j['b'] ->> 'c', j['a'] @> '[1]', j['a'][0] = '1', j['a'][0]::int + 1 FROM (VALUES ('{"a": [1, 2], "b": {"c": "d"}}'::jsonb)) v (j)
SELECT ('{"a": 1}'::json)['a']
SELECT ('[1, 2]'::jsonb)[NULL], ('[1, 2]'::jsonb)[k] FROM (VALUES (0), (1), (5)) v (k)
SELECT length(j::text), upper(j::text), md5(j::text), substr(j::text, 1, 3), replace(j::text, 'a', 'b'), strpos(j::text, 'a') FROM (VALUES ('{"a": 1}'::jsonb)) v (j)
SELECT * FROM json_to_record('{"a": 1}')
SELECT * FROM json_to_record('[1]') AS r (a int)
SELECT * FROM json_to_record('{"a": "x"}') AS r (a int)
SELECT * FROM jsonb_to_record('{"a": null, "b": true, "c": {"d": [1]}, "e": 1.50, "f": "2024-01-05"}') AS r (a text, b boolean, c jsonb, d int, e numeric(5,1), f date)
SELECT r.*, v.k FROM (VALUES (1, '[{"a": 1}, {"a": 2, "b": "x"}]'::jsonb), (2, '[]')) v (k, j), jsonb_to_recordset(v.j) AS r (a int, b text)
SELECT v.k, r.a FROM (VALUES (1, '[{"a": 1}]'::jsonb), (2, '[]')) v (k, j) LEFT JOIN LATERAL jsonb_to_recordset(v.j) AS r (a int) ON true
SELECT sum(a), count(b) FROM json_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS r (a int, b text) WHERE a > 0
SELECT "A b" FROM json_to_record('{"A b": 7}') AS r ("A b" int)
SELECT jsonb_set_lax('{"a": 1}', '{b}', NULL), jsonb_set_lax('{"a": 1}', '{b}', '5', false), jsonb_set_lax(NULL, '{a}', '1')
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'bogus')
