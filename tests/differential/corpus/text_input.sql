SELECT v::text[] FROM (VALUES ('{a,"b c",NULL}'), ('{}'), (NULL), ('{ x , "y" }')) x(v)
SELECT (v::text[])[1], cardinality(v::text[]) FROM (VALUES ('{x,y}'), ('{}')) x(v)
SELECT v::int[] FROM (VALUES ('{1,2}'), ('{}'), (NULL), ('{NULL, -3}')) x(v)
SELECT v::numeric[] FROM (VALUES ('{1.5,2}')) x(v)
SELECT v::date[], 'x' FROM (VALUES ('{2024-01-01,"Jan 5, 2024"}')) x(v)
SELECT v::boolean[], v::float8[] FROM (VALUES ('{1,0}')) x(v)
SELECT v::int[] FROM (VALUES ('{1,a}')) x(v)
SELECT v::int[] FROM (VALUES ('1,2')) x(v)
SELECT v::int[] FROM (VALUES ('{1,99999999999}')) x(v)
SELECT coalesce(NULL::int[], '{}'), coalesce(array_agg(i) FILTER (WHERE i > 100), '{}') FROM t
SELECT CASE WHEN i > 3 THEN ARRAY[i] ELSE '{1,2}' END FROM t ORDER BY i
SELECT ARRAY[1] || '{2,3}', ARRAY['a'] = '{a}', coalesce(string_to_array(s, ' '), '{none}') FROM t ORDER BY i
-- differs written: one without a scale shows the decimals that it needs
SELECT v::numeric FROM (VALUES ('1.50'), (' 2 '), ('-3e2'), ('1e3'), ('.5'), ('-0.00'), ('1E-3'), ('12345678901234567890.123')) x(v)
SELECT v::numeric(6,2) FROM (VALUES ('1.505'), (' -2 '), ('1e3')) x(v)
SELECT v::numeric(4,2) FROM (VALUES ('123.4')) x(v)
SELECT v::numeric FROM (VALUES ('abc')) x(v)
SELECT v::numeric FROM (VALUES ('')) x(v)
SELECT v::int, v::bigint, v::smallint FROM (VALUES ('1'), (' -7 '), ('+3'), (NULL)) x(v)
SELECT v::int FROM (VALUES ('2147483648')) x(v)
SELECT v::smallint FROM (VALUES ('40000')) x(v)
SELECT v::bigint FROM (VALUES ('9223372036854775808')) x(v)
SELECT v::int FROM (VALUES ('1.5')) x(v)
SELECT v::int FROM (VALUES ('')) x(v)
SELECT '99999999999'::int
SELECT '40000'::smallint
SELECT ' 12 '::int, '+5'::bigint, '-32768'::smallint
SELECT i FROM t WHERE i = '99999999999'
SELECT i FROM t WHERE i IN ('1', ' 2 ')
SELECT v, v::timestamptz FROM (VALUES ('2024-02-29T10:20:30Z'), ('2024-02-29 10:20'), ('2024-07-01'), ('2024-02-29 10:20:30.5+05:30'), ('2024-02-29 10:20 America/New_York'), ('2024-03-31 02:30'), ('2024-10-27 02:30')) x(v)
SELECT timestamptz '2024-03-31 02:30:00', timestamptz '2024-10-27 02:30:00', timestamptz '2024-03-31 02:30:00' + interval '1 hour'
SELECT timestamptz '2024-03-10 02:30 America/New_York', timestamptz '2024-11-03 01:30 America/New_York'
SELECT i FROM t WHERE tz > '2024-03-31 02:30' ORDER BY i
SELECT v, v::time FROM (VALUES ('10:20'), ('1:02:03.5'), ('10:20 PM'), ('102030'), ('1020')) x(v)
SELECT time '3:04 PM', time '15:04:05.123456', time '04:05:06.789-8', time '040506', time '12:00 AM', time '12:30 pm'
SELECT timestamp 'Jan 5 2024 3:04 PM', timestamp '20240105 150405', timestamp '2024-01-05 03:04 am', timestamp '2024-1-5 1:2:3'
SELECT timestamp '2024-01-31 24:00:00', timestamp '2024-12-31 23:59:60', timestamp '2024-12-31 10:20:60'
SELECT date '20240131', date 'January 8, 1999', date '1999-Jan-08', date '08-Jan-99', date '1999.008', date 'J2451187'
SELECT interval '12:34:56.789' second(1), interval '1.255' second(2), interval '-1.25' second(1)
SELECT date('2024-01-01'), text(5), int4(5.6), int8('7'), float8(5), bool(1)
SELECT int4(s) FROM t WHERE i = 1
SELECT abs('-5'), round('2.5'), sqrt('4'), ceil('1.2')
SELECT abs('x')
SELECT extract('year' FROM date '2024-05-01'), extract("month" FROM date '2024-05-01'), extract(days FROM date '2024-05-09'), extract(YEARS FROM date '2024-05-09')
SELECT 5 BETWEEN SYMMETRIC 10 AND 1, 5 NOT BETWEEN 1 AND 4, NULL BETWEEN 1 AND 2, 5 BETWEEN NULL AND 3, 5 BETWEEN 1 AND NULL, 5 NOT BETWEEN SYMMETRIC NULL AND 10
SELECT i, i BETWEEN SYMMETRIC 5 AND 2, i NOT BETWEEN SYMMETRIC 5 AND 2 AND x, i BETWEEN ASYMMETRIC 2 AND 5 FROM t ORDER BY i
SELECT i FROM t WHERE i BETWEEN SYMMETRIC 5 AND 2 OR i = 8 ORDER BY i
SELECT 'abc' LIKE ANY ('{a%,b%}'), 'abc' LIKE ALL ('{a%,b%}'), 'ABC' ILIKE ANY ('{x%,b%}'), 'abc' ~ ANY ('{^a,z}')
SELECT coalesce(d, i) FROM t
SELECT timestamp '2024-02-10' + '-1 month', (timestamptz '2024-02-10 12:00' + '1 day 2 hours')::text, '1 hour' + timestamp '2024-02-10'
SELECT ts + '1 day' FROM t ORDER BY i
SELECT timestamp '2024-02-10' + 'x'
-- differs sqlstate: an operator that is not unique is one that does not exist
SELECT date '2024-02-10' + '1'
SELECT i FROM t WHERE string_to_array(s, ' ') = '{abc}'
SELECT interval(2) '1.2345 seconds', interval(0) '1.5'
-- differs error: arrays of texts with a length are refused
SELECT ARRAY['a','bcd']::varchar(1)[]
