SELECT 1::smallint << 15
SELECT (-1)::smallint >> 1, 1 << 31, 1 << 32, 1 << 33, 1::bigint << 63, 1::bigint << 64, 5::smallint >> 17
SELECT pg_typeof(~(-1)::smallint), ~(-1)::smallint, ~5, ~5::bigint
SELECT pg_typeof(k + k), pg_typeof(k - k), pg_typeof(k * k), pg_typeof(k / nullif(k,0)), pg_typeof(k % nullif(k,0)), pg_typeof(-k), pg_typeof(+k), pg_typeof(@k), pg_typeof(abs(k)) FROM t WHERE i = 1
SELECT pg_typeof(k & k), pg_typeof(k | k), pg_typeof(k # k), pg_typeof(k << 1), pg_typeof(k >> 1) FROM t WHERE i = 1
SELECT pg_typeof(k & 1), pg_typeof(k | b), pg_typeof(k # 1) FROM t WHERE i = 1
SELECT k << 1 FROM t ORDER BY i
SELECT k >> 1 FROM t ORDER BY i
SELECT b << 1, i << k FROM t WHERE i < 3
SELECT mod(k, 2::smallint), pg_typeof(mod(k, 2::smallint)), pg_typeof(gcd(k, k)), pg_typeof(lcm(i, i)), pg_typeof(div(k, 2)), pg_typeof(power(k, 2)) FROM t WHERE i = 1
SELECT pg_typeof(coalesce(k, 1)), pg_typeof(greatest(k, 1::smallint)), pg_typeof(nullif(k, 1)), pg_typeof(CASE WHEN true THEN k ELSE k END) FROM t WHERE i = 1
SELECT 32767::smallint + 1::smallint
SELECT -(-32768)::smallint
SELECT abs((-32768)::smallint)
SELECT (-32768)::smallint * (-1)::smallint
SELECT (-32768)::smallint / (-1)::smallint
SELECT (-32768)::smallint % (-1)::smallint
SELECT 200::smallint * 200::smallint
SELECT pg_typeof(nullif(1, 2.5)), nullif(1, 2.5) / 2, nullif(7, 2.5::float8) / 2
SELECT pg_typeof(nullif(1, 2::bigint)), pg_typeof(nullif(1::real, 2::float8)), pg_typeof(nullif(1, 2::real)), pg_typeof(nullif(1.5, 2)), pg_typeof(nullif(1.5, 2::float8)), pg_typeof(nullif(1.5, 2::real)), pg_typeof(nullif(date '2024-01-01', timestamp '2024-01-01')), pg_typeof(nullif('a', 'b')), pg_typeof(nullif(1, NULL)), pg_typeof(nullif(NULL, 1)), pg_typeof(nullif(1::bigint, 2.5))
SELECT i, nullif(i, 2.5) / 2, nullif(i, n), nullif(b, f) / 3 FROM t WHERE i < 4 ORDER BY i
SELECT nullif(i, '2') FROM t WHERE i < 4 ORDER BY i
SELECT nullif(1, 'a')
SELECT nullif(date '2024-01-01', '2024-01-01')
SELECT round(55, -1), pg_typeof(round(55, -1)), round(1234567890123::bigint, -3), round(7, 2), trunc(57, -1), pg_typeof(trunc(57, -1))
SELECT round(i, -1), round(b, 1), trunc(b, -1) FROM t ORDER BY i
SELECT pg_typeof(round(NULL, 2)), round(NULL, 2), pg_typeof(round(NULL)), pg_typeof(trunc(NULL, 1))
SELECT sign(-1.5), pg_typeof(sign(-1.5)), pg_typeof(sign(2)), pg_typeof(sign(2::float8)), sign(0.0), sign(n) FROM t ORDER BY i
SELECT pg_typeof(sign(n)) FROM t LIMIT 1
SELECT i, lag(i, NULL) OVER (ORDER BY i), lead(i, NULL::int) OVER (ORDER BY i), lag(i, 1) OVER (ORDER BY i) FROM t ORDER BY i
SELECT varchar(2) 'abc'
SELECT numeric(5,2) '1.235', decimal(3,1) '1.25'
SELECT numeric(3,1) '123.4'
SELECT float8 '1.5', int4 '5', bool 't', bigint '5', smallint '3', real '1.5', double precision '2.5'
SELECT interval '5 10' day to hour, interval '5 10' hour, interval '1 2:03' day to minute, interval '1 2:03:04' day to second, interval '1-2' year to month, interval '5' hour
SELECT interval '-5 10' day to hour
-- differs sqlstate: the engine refuses its fields
SELECT interval '5 10' day to minute
SELECT timestamp '2024-01-31 23:59:59.9999999', timestamp '2024-01-31 12:00:00.1234567', timestamptz '2024-01-31 23:59:59.9999995+00'
SELECT time '10:00:00.1234567', time '10:00:59.9999999', '10:00:00.12345650'::time, '2024-01-01 00:00:00.0000005'::timestamp, '2024-01-01 00:00:00.0000015'::timestamp
SELECT ts::text || '9' FROM t WHERE i = 5
SELECT (ts::text || '9')::timestamp FROM t WHERE i = 5
SELECT 'abc' LIKE '%\'
SELECT s LIKE 'a\' FROM t
SELECT 'abc' ILIKE '%\'
SELECT 'abc' NOT LIKE '%\'
SELECT 'abc' SIMILAR TO '%\'
SELECT 'a\' LIKE 'a\\'
SELECT 'abc' LIKE '%a' ESCAPE 'a'
SELECT varchar(3) 'abcdef', char(2) 'abc', character varying(2) 'abc', text 'x'
SELECT char 'abc', char(2) 'abc', 'abc'::char
