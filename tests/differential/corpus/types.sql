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
-- differs sqlstate: another SQLSTATE for the same mistake
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
-- differs error: a literal in quotes beside an operator or in a call without other types
SELECT i + '5' FROM t
-- differs sqlstate: a literal in quotes beside an operator or in a call without other types
SELECT i + 'x' FROM t
SELECT s + 1 FROM t
SELECT s || 1 FROM t
SELECT 1 || 2
-- differs sqlstate: a literal in quotes beside an operator or in a call without other types
SELECT d + '1 day' FROM t
SELECT d - '2024-01-01' FROM t
SELECT ts - '2024-01-01' FROM t
SELECT x + 1 FROM t
-- differs sqlstate: another SQLSTATE for the same mistake
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
-- differs error: a literal in quotes beside an operator or in a call without other types
SELECT abs('5')
SELECT sqrt('4')
SELECT sum(s) FROM t
SELECT avg(x) FROM t
SELECT sum(d) FROM t
SELECT max(x) FROM t
SELECT min(x) FROM t
SELECT bool_and(i) FROM t
SELECT string_agg(i, ',') FROM t
-- differs silent: the separator may be a number
SELECT string_agg(s, 1) FROM t
SELECT left(s, '2') FROM t
-- differs sqlstate: another SQLSTATE for the same mistake
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
-- differs sqlstate: another SQLSTATE for the same mistake
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
-- differs silent: literals in an array take the type of the other side
SELECT i = ANY (ARRAY['1','2']) FROM t
SELECT i = ANY ('{1,2}') FROM t
SELECT s = ANY (ARRAY[1,2]) FROM t
-- differs sqlstate: another SQLSTATE for the same mistake
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
-- differs sqlstate: another SQLSTATE for the same mistake
SELECT -s FROM t
-- differs sqlstate: another SQLSTATE for the same mistake
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
