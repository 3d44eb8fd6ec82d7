-- Texts, patterns, formats and JSON as queries use them.
SELECT upper(substring(name, 1, 1)) || lower(substring(name, 2)) FROM people ORDER BY id
SELECT trim(both from '  x '), trim(leading ' ' from ' x'), rtrim('x..', '.')
SELECT substring('foobar' similar '%#"o_b#"%' escape '#')
SELECT substring('2024-01-31' from '\d{4}')::int + 1
SELECT regexp_replace('(030) 123-456', '\D', '', 'g')
SELECT regexp_replace('John Smith', '(\w+)\s(\w+)', '\2, \1')
SELECT regexp_split_to_array('a1b22c', '\d+')
SELECT array_length(regexp_split_to_array('a b c', '\s'), 1)
SELECT (regexp_split_to_array('a b c', '\s'))[2]
SELECT (string_to_array('a,b,c', ','))[1], array_length(string_to_array('a,b,c', ','), 1)
SELECT unnest(string_to_array('a,b,c', ',')) AS x
SELECT x, length(x) FROM unnest(string_to_array('aa,b', ',')) AS x
SELECT count(*) FROM people WHERE email ~ '^[a-z]+@example\.(com|org)$'
SELECT email FROM people WHERE email !~* 'EXAMPLE' ORDER BY id
SELECT lower(email) LIKE '%@example.com' FROM people ORDER BY id
SELECT city, count(*) FILTER (WHERE name ~ 'e') FROM people GROUP BY city ORDER BY city NULLS FIRST
SELECT coalesce(nullif(trim(email), ''), 'none') FROM people ORDER BY id
SELECT lpad(to_hex(i * 16), 6, '0') FROM t ORDER BY i
SELECT left(md5(name), 8) FROM people ORDER BY id
SELECT concat_ws(' / ', channel, to_char(ordered_at, 'DD.MM.YYYY')) FROM orders ORDER BY id
SELECT to_char(amount, 'FM999G999D00') || ' EUR' FROM orders ORDER BY id
SELECT to_char(1234567, '9,999,999'), to_char(0.15, '90%'), to_char(0.1567 * 100, 'FM990.0') || '%'
SELECT to_char(sum(amount), '999,999.99') FROM orders
SELECT to_char(avg(amount), 'FM9990.00') FROM orders
SELECT to_char(quantity, '09') FROM orders ORDER BY id LIMIT 3
SELECT to_char(now(), 'YYYY') = extract(year FROM now())::text
SELECT to_char(date '2024-01-31', 'Dy, DD Mon YYYY'), to_char(date '2024-01-31', 'FMDDth "of" FMMonth')
SELECT to_date('31-Jan-2024', 'DD-Mon-YYYY') + 1
SELECT to_timestamp('31/01/2024 23:59', 'DD/MM/YYYY HH24:MI')::date
SELECT extract(month FROM to_date('2024-03', 'YYYY-MM'))
SELECT to_timestamp(1700000000)::date, to_timestamp(1700000000.123)
SELECT to_number('1,234.50', '9G999D99') + 1
SELECT format('%s has %s items', 'cart', 3), format('SELECT * FROM %I WHERE %I = %L', 'my table', 'id', 5)
SELECT json_build_object('name', name, 'score', score) FROM people ORDER BY id
SELECT json_agg(row_to_json(p)) FROM (SELECT id, city FROM people WHERE id < 3 ORDER BY id) p
SELECT jsonb_build_object('orders', jsonb_agg(id ORDER BY id)) FROM orders WHERE customer = 1
SELECT customer, jsonb_object_agg(id, amount) FROM orders WHERE customer < 3 GROUP BY customer ORDER BY customer
SELECT ('{"a":{"b":[1,2,{"c":"x"}]}}'::jsonb #>> '{a,b,2,c}')
SELECT (j->>'n')::int AS n FROM (VALUES ('{"n":1}'::json), ('{"n":2}'::json)) v(j) ORDER BY n DESC
SELECT j->'tags'->>0 FROM (SELECT '{"tags":["x","y"]}'::jsonb AS j) s
SELECT count(*) FROM (SELECT '{"a":1}'::jsonb AS j) s WHERE j @> '{"a":1}' AND j ? 'a'
SELECT jsonb_array_length('[1,2,3]'::jsonb), jsonb_typeof('[1]'::jsonb -> 0)
SELECT key, value::int FROM json_each_text('{"a":1,"b":2}') WHERE value::int > 1
SELECT sum(value::numeric) FROM jsonb_each_text('{"a":1.5,"b":2}')
SELECT e->>'id' AS id FROM jsonb_array_elements('[{"id":1},{"id":2}]'::jsonb) AS e ORDER BY 1 DESC
SELECT elem FROM (SELECT '[1,2,3]'::jsonb AS a) s, jsonb_array_elements(s.a) AS elem
SELECT p.id, t.tag FROM (VALUES (1, '["a","b"]'::jsonb)) p(id, tags) CROSS JOIN LATERAL jsonb_array_elements_text(p.tags) AS t(tag)
SELECT p.id, t.tag, t.n FROM (VALUES (1, '["a","b"]'::jsonb)) p(id, tags), jsonb_array_elements_text(p.tags) WITH ORDINALITY AS t(tag, n)
WITH d AS (SELECT '{"x":[{"y":1},{"y":2}]}'::jsonb AS j) SELECT sum((e->>'y')::int) FROM d, jsonb_array_elements(d.j->'x') e
SELECT EXISTS (SELECT 1 FROM jsonb_array_elements('[1,2]') e WHERE e = '2')
SELECT '2'::jsonb = '2.0'::jsonb, '"a"'::jsonb > '"B"'::jsonb
SELECT json_agg(DISTINCT city ORDER BY city) FROM people
SELECT jsonb_agg(score) FROM people
SELECT array_to_json(array_agg(id ORDER BY id)) FROM people
SELECT row_to_json(r) FROM (SELECT id, json_build_object('c', city) AS nested FROM people WHERE id = 1) r
SELECT to_json(array_agg(p)) FROM (SELECT id FROM people WHERE id < 3 ORDER BY id) p
-- differs value: the elements of an array have one number of decimals
SELECT to_jsonb(array_agg(n)) FROM (VALUES (1.50),(2)) v(n)
SELECT jsonb_pretty(jsonb_build_object('a', 1))
SELECT jsonb_set('{"a":{"b":1}}'::jsonb, '{a,c}', to_jsonb('x'::text))
SELECT jsonb_set('{"a":1}'::jsonb, ARRAY['b'], '2'::jsonb) - 'a'
SELECT '{"a":1}'::jsonb || jsonb_build_object('b', 2)
SELECT s LIKE '%' || 'b' || '%' FROM t ORDER BY i
SELECT s ILIKE 'A%' AS a, s SIMILAR TO '(a|A)%' AS b, s ~ '^a' AS c FROM t ORDER BY i
SELECT position('@' in email), split_part(email, '@', 2), strpos(email, '@') FROM people ORDER BY id
SELECT reverse(s), repeat(s, 2), overlay(s placing '*' from 1 for 1) FROM t WHERE length(s) > 2 ORDER BY i
SELECT initcap('mc donald-smith o''neil'), initcap('élan vital')
SELECT length('日本語'), octet_length('日本語'), left('日本語', 2), substring('日本語' from 2), reverse('日本'), upper('日a')
SELECT ascii(upper('ä')), chr(ascii('Ä') + 32), translate('äöüß', 'äöüß', 'aous')
SELECT encode(sha256('abc'), 'hex'), encode(sha256('abc'::bytea), 'base64')
SELECT encode(convert_to('ü', 'UTF8'), 'hex'), convert_from(decode('w7w=', 'base64'), 'UTF8')
SELECT 'x' || 1.0 || NULL, concat('x', NULL), 'a' || ''
SELECT cast('12' AS varchar(1)), '12'::char(4) || '|', cast(name AS char(3)) FROM people WHERE id = 1
SELECT name::varchar(3), city::text FROM people ORDER BY id LIMIT 2
SELECT max(length(name)), min(lower(name)), count(DISTINCT lower(city)) FROM people
SELECT string_agg(DISTINCT lower(city), ',' ORDER BY lower(city)) FROM people
SELECT string_agg(upper(left(name, 1)), '') FROM (SELECT name FROM people ORDER BY id) p
SELECT name FROM people ORDER BY lower(name) DESC, id
SELECT DISTINCT lower(city) AS c FROM people ORDER BY c NULLS LAST
SELECT regexp_matches('a=1;b=2', '(\w)=(\d)', 'g')
SELECT (regexp_matches('k1=v1', '(\w+)=(\w+)'))[1]
SELECT id, m[1] FROM people, regexp_matches(email, '^(\w+)@', '') AS m ORDER BY id
SELECT id, unnest(regexp_split_to_array(name, ' ')) FROM people WHERE id < 3 ORDER BY id
SELECT regexp_count(name, '[aeiou]', 1, 'i') FROM people ORDER BY id
SELECT regexp_substr(email, '[a-z]+$') FROM people ORDER BY id
SELECT regexp_instr(name, ' ') FROM people ORDER BY id
SELECT quote_literal(name) FROM people WHERE id = 5
SELECT 'abc' < 'abd' AND 'Z' < 'a', 'a' BETWEEN 'A' AND 'z', 'é' > 'z'
SELECT name FROM people WHERE name SIMILAR TO '%(Lee|Berg)'
SELECT CASE WHEN s ~ '^\s|\s$' THEN 'trim' ELSE 'ok' END FROM t ORDER BY i
SELECT starts_with(name, 'A'), name ^@ 'B' FROM people ORDER BY id
SELECT to_char(interval '25 hours 3 minutes', 'HH24"h" MI"m"'), to_char(ordered_at - timestamp '2024-01-01', 'DD HH24:MI') FROM orders ORDER BY id LIMIT 3
SELECT to_char(score, 'FM0.00') FROM people ORDER BY id
SELECT to_char(b, '9999999999'), to_char(k, '99999'), to_char(r, '99999.99') FROM t ORDER BY i
SELECT lower(NULL::text), upper(NULL), concat(NULL, NULL), NULL || 'a', length(''), left('', 3)
SELECT btrim('  a  ') = 'a', ltrim(rtrim(' b ')), trim('x' FROM 'xax')
SELECT json_typeof(json_build_array(1, 'a', NULL, ARRAY[1]) -> 3)
SELECT '{"a":[1,2,3]}'::json -> 'a' -> -1, '{"a":[1,2,3]}'::json #> '{a,-1}'
SELECT '[{"a":1},{"a":2}]'::jsonb @> '[{"a":2}]', '{"a":[1,2]}'::jsonb @> '{"a":[2]}', '[1,[2]]'::jsonb @> '[2]'
SELECT json_object(ARRAY['a','b'], ARRAY['1', NULL]), jsonb_object('{a,1}')
SELECT json_strip_nulls('{"a": null, "b": [1, null]}')
-- differs written: numeric without a scale is shown without zeros at its end
SELECT ('{"a":1.50}'::jsonb ->> 'a')::numeric, ('{"a":1.50}'::jsonb -> 'a')::numeric
SELECT '1'::json, '"x"'::jsonb, 'true'::jsonb, ' {"a" : 1 } '::json, ' {"a" : 1 } '::jsonb
SELECT 'a'::jsonb
SELECT '{"a":1,}'::json
SELECT '{"a":1} x'::json
SELECT j::text FROM (SELECT '{"b":1,"a":2}'::jsonb) x(j)
SELECT parse_ident('a.b.c'), quote_ident('Foo'), quote_nullable(NULL)
SELECT to_date('2024-01-31', 'DD.MM.YYYY')
SELECT to_date('31.01.2024', 'DD.MM.YYYY'), to_date('3.1.24', 'DD.MM.YY'), to_date('Jan 2024', 'Mon YYYY'), to_date('20240131', 'yyyymmdd')
SELECT to_timestamp('2024-01-31 1:2:3', 'YYYY-MM-DD HH:MI:SS'), to_timestamp('2024-01-31 13:02', 'YYYY-MM-DD HH24:MI') AT TIME ZONE 'UTC'
SELECT (x, y)::text FROM (VALUES (1, 'a'), (2, 'b')) v (x, y)
SELECT array_fill('x'::text, ARRAY[2])
SELECT ('abc'::text)[1]
SELECT upper(x::text), length(d::text), lower(n::text), left(ts::text, 4), length(f::text) FROM t ORDER BY i
SELECT lower(s::text), count(*) FROM t GROUP BY lower(s::text) ORDER BY 1
