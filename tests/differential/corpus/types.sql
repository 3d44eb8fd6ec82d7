SELECT coalesce(i, 'x') FROM t
SELECT coalesce(i, '5') FROM t
SELECT coalesce(d, '2024-01-01') FROM t
SELECT CASE WHEN x THEN i ELSE '7' END FROM t
SELECT CASE WHEN x THEN i ELSE s END FROM t
SELECT CASE WHEN x THEN '1' ELSE '2' END FROM t
SELECT coalesce(i, s) FROM t
SELECT coalesce(n, s) FROM t
SELECT greatest(i, '5') FROM t
SELECT greatest(i, s) FROM t
SELECT nullif(i, '5') FROM t
SELECT nullif(i, 'x') FROM t
SELECT nullif(s, 5) FROM t
SELECT i = s FROM t
SELECT i = '5' FROM t
SELECT i = 'x' FROM t
SELECT s = 5 FROM t
SELECT s > 5 FROM t
SELECT d = s FROM t
SELECT d > '2024-01-01' FROM t
SELECT d > 'x' FROM t
SELECT x = 't' FROM t
SELECT x = s FROM t
SELECT x = 1 FROM t
SELECT x = i FROM t
SELECT i IN ('1', '2') FROM t
SELECT i IN ('a') FROM t
SELECT i IN (s) FROM t
SELECT s IN (1, 2) FROM t
SELECT i BETWEEN '1' AND '3' FROM t
SELECT i BETWEEN s AND '3' FROM t
SELECT i FROM t UNION SELECT s FROM t
SELECT i FROM t UNION SELECT 'x'
SELECT i FROM t UNION SELECT '5'
SELECT NULL UNION SELECT 1
SELECT 'a' UNION SELECT NULL
VALUES (1), ('x')
VALUES (1), ('2')
VALUES ('a'), (1)
VALUES (NULL), (1)
SELECT i + s FROM t
SELECT i + '5' FROM t
SELECT i + 'x' FROM t
SELECT s + 1 FROM t
SELECT s || 1 FROM t
SELECT 1 || 2
-- differs sqlstate: a literal in quotes beside an operator or in a call without other types
SELECT d + '1 day' FROM t
SELECT d - '2024-01-01' FROM t
SELECT ts - '2024-01-01' FROM t
SELECT x + 1 FROM t
SELECT NOT i FROM t
SELECT i AND x FROM t
SELECT count(*) FROM t WHERE i
-- differs sqlstate: another SQLSTATE for the same mistake
SELECT count(*) FROM t WHERE 's'
-- differs error: a literal in quotes beside an operator or in a call without other types
SELECT count(*) FROM t WHERE 't'
SELECT upper(i) FROM t
SELECT length(i) FROM t
SELECT substr(i, 1) FROM t
SELECT abs(s) FROM t
SELECT abs('5')
SELECT sqrt('4')
SELECT sum(s) FROM t
SELECT avg(x) FROM t
SELECT sum(d) FROM t
SELECT max(x) FROM t
SELECT min(x) FROM t
SELECT bool_and(i) FROM t
SELECT string_agg(i, ',') FROM t
SELECT string_agg(s, 1) FROM t
SELECT left(s, '2') FROM t
SELECT left(s, s) FROM t
SELECT i::date FROM t
SELECT d::int FROM t
SELECT x::numeric FROM t
SELECT n::boolean FROM t
SELECT i::boolean FROM t
SELECT b::boolean FROM t
SELECT f::boolean FROM t
SELECT ts::int FROM t
SELECT s::int FROM t
SELECT s::date FROM t
SELECT tm::text FROM t
SELECT tm::timestamp FROM t
SELECT d::time FROM t
SELECT ts::time FROM t
SELECT extract(year FROM s) FROM t
SELECT date_trunc('month', s) FROM t
-- differs sqlstate: a literal in quotes beside an operator or in a call without other types
SELECT date_trunc('month', '2024-05-06') 
SELECT date_trunc('nonsense', ts) FROM t
SELECT round(s) FROM t
SELECT i LIKE '1%' FROM t
SELECT d LIKE '2024%' FROM t
SELECT s LIKE 5 FROM t
SELECT i ~ '1' FROM t
SELECT i < d FROM t
SELECT d < ts FROM t
SELECT ts < tz FROM t
SELECT d = tz FROM t
SELECT tm < ts FROM t
SELECT array[1, 'x']
SELECT array[1, '2']
SELECT array[1, s] FROM t
SELECT i = ANY (ARRAY['1','2']) FROM t
SELECT i = ANY ('{1,2}') FROM t
SELECT s = ANY (ARRAY[1,2]) FROM t
SELECT i IN (SELECT s FROM t) FROM t
SELECT * FROM t JOIN people p ON t.s = p.id
SELECT * FROM t WHERE (i, s) = (1, 2)
SELECT i FROM t ORDER BY x + 1
SELECT i % 2.5 FROM t ORDER BY i
SELECT i % f FROM t
SELECT 5 % 0
SELECT n % 0 FROM t
SELECT mod(n, 0) FROM t
SELECT i / 0 FROM t
SELECT -s FROM t
SELECT +s FROM t
SELECT i IS TRUE FROM t
SELECT x > false FROM t ORDER BY i
SELECT 'a' < 'B', 'a' < 'b', 'Z' < 'a', 'é' < 'f'
SELECT s FROM t ORDER BY s
SELECT s FROM t ORDER BY s DESC
SELECT n FROM t ORDER BY n DESC
SELECT f FROM t ORDER BY f
SELECT x FROM t ORDER BY x
SELECT t.i FROM t WHERE f = 'NaN'
SELECT t.i FROM t WHERE f > 1e10
SELECT f = f, f <> f, f > 1 FROM t ORDER BY i
SELECT power(2, 0.5), power(-8, 1/3.0)
SELECT 7 / 2, -7 / 2, 7 % -2, -7 % 2, 7.0 / 2, 7 / 2.0
SELECT 2 ^ 3 ^ 2, -2 ^ 2, 2 ^ -1, 0 ^ 0
SELECT @ -5, |/ 16, ||/ 27, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 3, 16 >> 2
SELECT DATE '2024-05-06'::bigint
SELECT TIMESTAMP '2024-05-06 07:08:09'::bigint
SELECT 5::bytea
SELECT true::bigint
SELECT '{"a":1}'::json::int
SELECT ARRAY[1, 2]::int
SELECT 5::int[]
SELECT upper(5)
SELECT left('abc', 2::bigint)
SELECT ntile(3::bigint) OVER () FROM t
SELECT lag(i, 1, true) OVER (ORDER BY i) FROM t
SELECT array_position(ARRAY[1, 2], 'a'::text)
SELECT round(1.5::float8, 1)
SELECT substr(s, i::bigint) FROM t
SELECT date_trunc('month', s) FROM t
SELECT min(i > 1), max(i > 1) FROM t
SELECT to_char(s, 'YYYY') FROM t
SELECT string_agg(i, ',') FROM t
SELECT length(i) FROM t
SELECT array_to_string(s, ',') FROM t
SELECT concat(), concat_ws(',')
SELECT d + 3::bigint FROM t
SELECT i << 3::bigint FROM t
SELECT NULL + NULL
SELECT '{"a":1}'::jsonb -> 1::bigint
SELECT '{"a":1}'::jsonb #> ARRAY[1]
SELECT '{"a":1}'::jsonb || ARRAY['a']
SELECT i < ALL (ARRAY['3']) FROM t
SELECT i < ANY (ARRAY[d]) FROM t
SELECT i IN (SELECT d FROM t) FROM t
SELECT CASE i WHEN d THEN 1 END FROM t
SELECT CASE '2' WHEN i THEN 1 END FROM t
SELECT CASE WHEN i THEN 1 END FROM t
SELECT count(*) FILTER (WHERE i) FROM t
SELECT CASE WHEN i = 1 THEN i ELSE '{"a":1}'::jsonb END FROM t
SELECT coalesce(s, '{"a":1}'::jsonb) FROM t
SELECT nullif(i, d) FROM t
SELECT '{"a":1}'::jsonb LIKE 'a%'
SELECT '{"a":1}'::jsonb BETWEEN 'a'::text AND 'b'::text
SELECT CASE WHEN true THEN DATE '2024-05-06' ELSE TIMESTAMPTZ '2024-05-06 07:08:09+00' END
SELECT coalesce(DATE '2024-05-06', TIMESTAMPTZ '2024-05-06 07:08:09+00'), greatest(DATE '2024-05-06', TIMESTAMPTZ '2024-05-06 07:08:09+00')
SELECT DATE '2024-05-06' AS x UNION ALL SELECT TIMESTAMPTZ '2024-05-06 07:08:09+00' ORDER BY x
VALUES (TIMESTAMPTZ '2024-05-06 07:08:09+00'), (DATE '2024-05-06')
SELECT ARRAY[TIMESTAMP '2024-05-06 01:02:03', TIMESTAMPTZ '2024-05-06 07:08:09+00']
SELECT nullif(DATE '2024-05-06', TIMESTAMP '2024-05-06 07:08:09')
SELECT nullif('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11')
SELECT TRY_CAST('5' AS int)
SELECT nvl(1, 2)
SELECT year(DATE '2024-05-06')
SELECT * FROM bigint_series(1, 3)
SELECT row_of(1, 2)
SELECT +s FROM t
SELECT +i, +n, + -2, +1.50 FROM t ORDER BY i
SELECT 1L
SELECT 1AS
SELECT 'a' UNION SELECT 'b' UNION SELECT 1
SELECT * FROM (VALUES (1))
SELECT array_agg('x')
SELECT array_length(NULL, 1)
SELECT array_to_json('[1]')
SELECT first_value('x') OVER () FROM t
SELECT to_jsonb(NULL)
-- differs sqlstate: another SQLSTATE for the same mistake
SELECT cardinality('{1,2}')
SELECT min('3'), max('a'), sum(1)
SELECT 2::bool, 0::bool, 5::boolean::int
SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid::text, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid::varchar(2)
SELECT i * '2', '10' - i, i / '2', i % '2', i & '3', i | '4', i << '2', '1' << i FROM t WHERE i < 4 ORDER BY i
SELECT n + '1.5', f * '2', '1' - n FROM t WHERE i < 4 ORDER BY i
SELECT i * 'x' FROM t
SELECT n + 'x' FROM t
-- differs sqlstate: another SQLSTATE for the same mistake
SELECT d + '1' FROM t
SELECT now(3)
SELECT transaction_timestamp(3)
SELECT current_timestamp(0) = now()::timestamptz(0)
SELECT nullif(u, '00000000-0000-0000-0000-000000000001') FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT nullif(u, '00000000-0000-0000-0000-000000000002') FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT '00000000-0000-0000-0000-000000000001' = ANY (us) FROM (VALUES (ARRAY['00000000-0000-0000-0000-000000000001'::uuid])) v (us)
SELECT u = ANY ('{00000000-0000-0000-0000-000000000001}') FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT u = ANY (ARRAY['00000000-0000-0000-0000-000000000001']::uuid[]) FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT nullif(u, 'x') FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT coalesce(u, '00000000-0000-0000-0000-000000000002') FROM (VALUES (NULL::uuid)) v (u)
SELECT greatest(u, '00000000-0000-0000-0000-000000000002') FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT CASE WHEN true THEN u ELSE '00000000-0000-0000-0000-000000000002' END FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT CASE u WHEN '00000000-0000-0000-0000-000000000001' THEN 1 END FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT u IN ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002') FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT u BETWEEN '00000000-0000-0000-0000-000000000001' AND '00000000-0000-0000-0000-000000000002' FROM (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT array_position(us, '00000000-0000-0000-0000-000000000001') FROM (VALUES (ARRAY['00000000-0000-0000-0000-000000000001'::uuid])) v (us)
SELECT '00000000-0000-0000-0000-000000000001' <> ALL (us) FROM (VALUES (ARRAY['00000000-0000-0000-0000-000000000001'::uuid])) v (us)
SELECT array_remove(us, '00000000-0000-0000-0000-000000000001'), array_positions(us, '00000000-0000-0000-0000-000000000002'), '00000000-0000-0000-0000-000000000001' = ANY (us), '00000000-0000-0000-0000-000000000003' <> ALL (us), us || '00000000-0000-0000-0000-000000000009'::uuid FROM (VALUES (ARRAY['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']::uuid[])) v (us)
SELECT 'x' = ANY (us) FROM (VALUES (ARRAY['00000000-0000-0000-0000-000000000001']::uuid[])) v (us)
SELECT s = ANY (us) FROM t, (VALUES (ARRAY['00000000-0000-0000-0000-000000000001']::uuid[])) v (us)
SELECT nullif(u, s) FROM t, (VALUES ('00000000-0000-0000-0000-000000000001'::uuid)) v (u)
SELECT nullif(1, 2), nullif(1, 1), nullif('a', 'a'), nullif(1.5, 2), nullif(NULL, 1), nullif(1, NULL), nullif(d, '2024-01-31') FROM t ORDER BY i
SELECT nullif(s, 1) FROM t
