-- Mathematical functions and operators: ordinary and extreme arguments.
SELECT width_bucket(5.35, 0.024, 10.06, 5), width_bucket(5.35::float8, 0.024, 10.06, 5)
SELECT width_bucket(-1, 0, 10, 5), width_bucket(10, 0, 10, 5), width_bucket(0, 0, 10, 5), width_bucket(3, 10, 0, 5), width_bucket(11, 10, 0, 5), width_bucket(0, 10, 0, 5)
SELECT width_bucket(5, 0, 10, 0)
SELECT width_bucket(5, 3, 3, 5)
SELECT width_bucket('NaN'::float8, 0, 10, 5)
SELECT width_bucket(5, ARRAY[1, 3, 5, 7]), width_bucket(0, ARRAY[1, 3]), width_bucket(9.5, ARRAY[1.0, 3.0])
SELECT width_bucket(NULL, 0, 10, 5)
SELECT width_bucket(amount, 0, 1000, 4), count(*) FROM orders GROUP BY 1 ORDER BY 1
SELECT log(2.0, 64.0), log(100.0), log(100::float8), log10(1000::float8), ln(2.0), ln(2::float8)
SELECT ln(0)
SELECT ln(0.0)
SELECT ln(-1::float8)
SELECT log(0::float8)
SELECT log(-1.0)
SELECT log(1.0, 5.0)
SELECT log(0.0, 5.0)
SELECT sqrt(-1)
SELECT sqrt(-1.0)
SELECT sqrt(2), sqrt(2.0), sqrt(0), sqrt(16::float8), sqrt(NULL)
SELECT power(2, 10), power(2.0, 3), power(2::float8, -1), power(2.5, 2), power(0, 0), power(9, 0.5)
SELECT power(0, -1)
SELECT power(0.0, -1)
SELECT power(-8, 1.0/3)
SELECT power(-8::float8, 0.5)
SELECT power(10, 400)
SELECT power(10::float8, 400)
SELECT 2 ^ 10, 2 ^ 0.5, 2.0 ^ 3, 2 ^ 3 ^ 2, (-2) ^ 3, 2 ^ -1
SELECT 0 ^ -1
SELECT exp(1), exp(1.0), exp(0), exp(-1::float8)
SELECT exp(1000::float8)
SELECT cbrt(27), cbrt(-8::float8), cbrt(2)
SELECT |/ 25.0, ||/ 27.0, @ -5, @ -5.5
SELECT gcd(1071, 462), gcd(0, 0), gcd(-12, 18), gcd(0, 5), lcm(1071, 462), lcm(0, 5), lcm(-4, 6)
SELECT gcd(1071::bigint, 462), lcm(2::smallint, 3), gcd(12.5, 2.5), lcm(1.5, 2)
SELECT lcm(2147483647, 2147483646)
SELECT factorial(0), factorial(5), factorial(20), factorial(25)
SELECT factorial(-1)
SELECT div(9, 4), div(-9, 4), div(9.5, 2), div(-7.5, 2)
SELECT div(1, 0)
SELECT mod(9, 4), mod(-9, 4), mod(9, -4), mod(9.5, 4), mod(-9.5, 4)
SELECT mod(9, 0)
SELECT mod(9.5, 0)
SELECT 9 % 4, -9 % 4, 9.5 % 4, 9 % -4
SELECT 5 % 0
SELECT sign(-8.4), sign(0), sign(5), sign(-3::float8), sign(0.0), sign(NULL::numeric)
SELECT abs(-5), abs(-5.5), abs(-5::bigint), abs(-5.5::float8), abs('-Infinity'::float8), abs(NULL::int)
SELECT abs((-2147483648)::int)
SELECT trunc(42.4382, 2), trunc(-42.4382, 1), trunc(42.8), trunc(-42.8), trunc(42.8::float8), trunc(12345, -2), trunc(-0.5::float8)
SELECT round(42.4382, 2), round(42.5), round(-42.5), round(2.5::float8), round(3.5::float8), round(-2.5::float8), round(12345, -2), round(0.5::float8), round(1.005, 2)
SELECT round(5), round(42.4382::float8)
SELECT round(42.4382::float8, 2)
SELECT trunc(42.4382::float8, 2)
SELECT ceil(-42.8), ceiling(42.2), floor(-42.8), floor(42.8), ceil(42.2::float8), floor(-0.5::float8), ceil(-0.5::float8), ceil(5), floor(5)
SELECT scale(8.4100), min_scale(8.4100), trim_scale(8.4100), scale(5.0), min_scale(100), trim_scale(100)
SELECT pi(), degrees(0.5), radians(45.0), degrees(pi()), radians(180)
SELECT sin(1), cos(1), tan(1), cot(1), asin(1), acos(1), atan(1), atan2(1, 2)
SELECT sind(30), cosd(60), tand(45), cotd(45), asind(0.5), acosd(0.5), atand(1), atan2d(1, 1)
SELECT sind(90), cosd(90), tand(0), sind(45), cosd(45), sind(180), cosd(180), tand(135), sind(-30), cosd(120), sind(390)
SELECT asin(2)
SELECT acos(-1.5)
SELECT asind(2)
SELECT atanh(1), atanh(-1)
SELECT atanh(2)
SELECT acosh(0.5)
SELECT sinh(1), cosh(1), tanh(1), asinh(1), acosh(1), atanh(0.5)
SELECT sin('Infinity'::float8)
SELECT cot(0), tan(0), sin('NaN'::float8)
SELECT random() >= 0, random() < 1, pg_typeof(random())
-- differs error: not supported, which is an error
SELECT setseed(0.5)
-- differs sqlstate: not supported, which is an error
SELECT setseed(2)
SELECT 91 & 15, 32 | 3, 17 # 5, ~1, 1 << 4, 8 >> 2, -8 >> 1
SELECT 1 << 31, 1 << 32, 1 << 33, 1::bigint << 40, (-1) >> 31
SELECT 5 & NULL, 91::bigint & 15, 91::smallint & 15::smallint
SELECT 5.5 & 1
SELECT 1 << 2 + 3, 2 | 1 & 3, 5 # 1 | 2
SELECT 'NaN'::float8 = 'NaN'::float8, 'NaN'::float8 > 'Infinity'::float8, 'NaN'::float8 < 1, 'NaN'::float8 <> 'NaN'::float8, 'NaN'::float8 >= 1
SELECT f FROM t ORDER BY f
SELECT f FROM t ORDER BY f DESC
SELECT r FROM t ORDER BY r DESC NULLS LAST
SELECT f, f = 'NaN', f > 1, f < 1 FROM t ORDER BY i
SELECT x FROM (VALUES ('NaN'::float8), ('-Infinity'), (0), ('Infinity'), (NULL)) v(x) WHERE x >= 0 ORDER BY x
SELECT '0'::float8 = '-0'::float8, '-0'::float8, -('0'::float8)
SELECT DISTINCT x FROM (VALUES ('0'::float8), ('-0'::float8), ('NaN'), ('NaN')) v(x) ORDER BY x
SELECT 'Infinity'::float8 + 1, 'Infinity'::float8 - 'Infinity'::float8, 'Infinity'::float8 * 0, -'Infinity'::float8
SELECT 1e308::float8 * 10
SELECT 1e-308::float8 / 1e10 / 1e10
SELECT 1::float8 / 0
SELECT 'NaN'::float8 / 0
SELECT 0::float8 / 0
-- differs sqlstate: exact numbers have 76 digits
SELECT 1e300::float8 * 1e300
SELECT 1e308::float8 + 1e308::float8
SELECT 3.4e38::float4 * 10::float4
SELECT greatest(1, 2.5), least('NaN'::float8, 1), greatest('NaN'::float8, 1), greatest('NaN'::float8, 'Infinity')
SELECT 5 / 2, -5 / 2, 5 / 2.0, 5 / 2::float8, 7 / -2
SELECT 1 / 0
SELECT 1.0 / 0
SELECT (-2147483648)::int / -1
SELECT 0.1 + 0.2, 0.1::float8 + 0.2::float8, 0.1::float4 + 0.2::float4, 1e10::float8, 1e15::float8, 1e16::float8, 1e-5::float8
SELECT 1.0::float8, 100::float8, 123456789012::float8, 1.5e-10::float8, 12345678::float4, 0.1::float4
-- differs error: of a numeric it is the nearest double precision
SELECT i, sqrt(abs(f)), f * 2, f + i FROM t WHERE abs(f) < 1e200 ORDER BY i
SELECT i, round(n, 1), trunc(n, 1), ceil(n), floor(n), sign(n), abs(n) FROM t ORDER BY i
SELECT i, round(f), trunc(f), ceil(f), floor(f), sign(f) FROM t ORDER BY i
SELECT i, mod(i, 2), i % 3, i & 3, i | 8, i # 5, i << 2 FROM t ORDER BY i
SELECT nullif(1, 1), nullif(1, 2), 1 = 1.0, 1 = 1::float8, 0.1::float4 = 0.1::float8
SELECT log(2, 8), log(10, 1000), log(3.0, 9.0)
-- differs error: not supported, which is an error
SELECT numeric_inc(1)
SELECT isnan(1::float8)
SELECT nanvl(1, 2)
SELECT iszero(0)
SELECT signum(-1)
SELECT pow(2, 3), pow(2.0, 3)
SELECT erf(0.5)
SELECT width_bucket(f, 0, 10, 5), width_bucket(n, 0, 10, 5) FROM t WHERE abs(f) < 100 ORDER BY i
SELECT i, degrees(f), radians(f), sin(f), atan2(f, 1) FROM t WHERE abs(f) < 100 ORDER BY i
SELECT i, div(n, 3), mod(n, 2), gcd(i, 12), lcm(i, 4) FROM t ORDER BY i
-- Logarithms and powers of exact numbers: digits of constants.
SELECT ln(2.0), ln(1.1), ln(1.01), ln(1.0010), ln(0.95), ln(1.0), ln(12345678.9), ln(0.00001), ln(1e70), ln(22026.5)
SELECT ln(2.00000000000000000000000000000000000000000000000000), ln(0.00000000000000000000000000000000000123)
SELECT ln(1.00000000000000000000000000000000000001), exp(1.00000000000000000000000000000000000000000000000000)
SELECT exp(0.0), exp(-2.5), exp(-23.45), exp(-50.0), exp(100.0), exp(170.5), exp(2.302585092994046)
SELECT log(100.0), log(0.5), log(1.0), log(2.0, 8.0), log(3, 9.0), log(2, 10), log(1.0000000001, 12345678901234567890), log10(5.5)
SELECT 2.0 ^ 0.5, 1000.0 ^ 0.5, 100.0 ^ 0.5, 0.0001 ^ 0.25, 2.0 ^ (-0.5), 0.0 ^ 0.5, 0.0 ^ 0, 1.0 ^ 0.5, 9 ^ 0.5::numeric, 1e10 ^ 1.5, (1e-10) ^ 1.5
SELECT 2.0 ^ 10.0, 2.0 ^ (-1), 1.5 ^ 100, (-8) ^ 3.0, 0.001 ^ 2, 0.001 ^ (-2), 1.0 ^ 1e10, (-1.0) ^ 1e20, 1.0000001 ^ 1000000, 10.0 ^ (-200)
SELECT 0.12345678901234567890 ^ 2, 0.12345678901234567890 ^ 0.3, 2.5 ^ 0.1234567890123456789, power(1.000000000000001, 12345678901234.5)
SELECT power(123456789012345678901234567890, 2.345), power(0.00000123, 0.77), power(2.5, '2'), log('2', '8'), ln('2.0'), power(2.5, NULL)
SELECT sqrt(4.00), sqrt(0.0), sqrt(0.000), sqrt(1e-10), sqrt(1e30), sqrt(2.0000000000000000000000000000000000000000)
SELECT pg_typeof(ln(2.0)), pg_typeof(2 ^ 0.5), pg_typeof(2 ^ 2), pg_typeof(log(2, 8)), pg_typeof(2.0 ^ 0.5::float8), pg_typeof(exp(1)), pg_typeof(|/ 2.0)
-- differs written: numeric has 76 digits
SELECT 10.0 ^ 65
SELECT exp(1e6)
SELECT exp(7000.0)
SELECT 10.0 ^ 200000
SELECT 2.0 ^ 1e10
SELECT (-8.0) ^ 0.5
SELECT 0.0 ^ (-0.5)
SELECT log(2.0, 0.0)
SELECT log(-1.0, 2.0)
SELECT ln(2.0)::text, ln(2.0)::float8, round(ln(2.0), 4), abs(ln(0.5)), - ln(0.5), ln(2.0) / ln(3.0), sqrt(2.0) * 2, exp(ln(2.5)), ln(exp(2.5)), exp(50.0) / (1 + exp(50.0))
-- The same of columns.
SELECT i, ln(n), log(n), sqrt(n), exp(-n / 10), n ^ 0.5, power(n, 1.0 / 3) FROM t WHERE n > 0 AND n < 100 ORDER BY i
SELECT i, ln(n), sqrt(n), log(n), n ^ 0.25 FROM t WHERE n > 0 ORDER BY i
SELECT amount, ln(amount), sqrt(amount), log(amount), amount ^ 1.5, amount ^ 2, amount ^ (-1), ln(amount)::text FROM orders WHERE amount > 0 ORDER BY id
SELECT quantity, quantity ^ 0.5, 1.05 ^ quantity, log(2, quantity), power(amount, quantity) FROM orders WHERE amount > 0 AND quantity > 1 ORDER BY id
SELECT x, ln(x), log(x), exp(x), sqrt(x) FROM (VALUES (1.0000), (1.0010), (0.9900), (1.1000), (0.5000), (4.0000), (0.0001), (10.0000)) v(x) ORDER BY x
SELECT x, y, x ^ y FROM (VALUES (2.0, 3.0), (4.0, 0.5), (9.0, -0.5), (0.0, 0.0), (-2.0, 3.0)) v(x, y) ORDER BY x, y
SELECT sum(ln(amount)), min(ln(amount)), max(sqrt(amount)), exp(sum(ln(quantity::numeric))) FROM orders WHERE amount > 0
SELECT channel, round(exp(avg(ln(amount))), 6), round(stddev(ln(amount)), 12) FROM orders WHERE amount > 0 GROUP BY channel ORDER BY channel
SELECT round(-sum(p * ln(p)), 12) FROM (SELECT amount / sum(amount) OVER () AS p FROM orders WHERE amount > 0) q
SELECT x, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)) FROM (VALUES (1.5), (-2.5), (20.5)) v(x) WHERE x > -2 ORDER BY x
SELECT id FROM orders WHERE amount > 0 AND ln(amount) BETWEEN 2 AND 4 AND sqrt(amount) > '4' ORDER BY ln(amount) DESC, id
SELECT ln(n) FROM t ORDER BY i
SELECT sqrt(n) FROM t WHERE n IS NOT NULL ORDER BY i
SELECT n ^ (-1) FROM t ORDER BY i
SELECT n ^ 0.5 FROM t ORDER BY i
SELECT log(n, 2) FROM (VALUES (1.0)) v(n)
SELECT exp(n * 1000000) FROM t WHERE i = 1
-- differs written: exp has at most 38 decimals
SELECT exp(x) FROM (VALUES (-1000000.0)) v(x)
-- differs value: numeric has at most 38 decimals
SELECT exp(x) FROM (VALUES (-64.98)) v(x)
SELECT gcd(2.50, 0.75), gcd(12, 8.0), gcd(0.0, 0.0), gcd(-12.0, 8), lcm(2.5, 1.0), lcm(-2.5, 1.0), lcm(0.0, 1.5)
SELECT i, gcd(n, 0.5), lcm(n, 1.5), trim_scale(n), min_scale(n), trim_scale(ln(abs(n) + 1)) FROM t WHERE abs(n) < 100 ORDER BY i
SELECT trim_scale(1.500), trim_scale(100), trim_scale(0.000), trim_scale(-1.10), trim_scale(NULL), trim_scale('1.50'), scale(1.5::float8::numeric)
SELECT x % 1, mod(x, 1), x % 1.0, x % 2 FROM (VALUES (1.5), (-2.5)) v(x) ORDER BY x
SELECT sum(x), max(x) FROM (VALUES (99999999999999999999999999999999999999::numeric), (99999999999999999999999999999999999998)) v(x)
SELECT sum(x), sum(x) FILTER (WHERE x > 0) FROM (VALUES (999999999999999999999999999999999999.25::numeric(38, 2)), (999999999999999999999999999999999999.25), (999999999999999999999999999999999999.25)) v(x)
SELECT x FROM (VALUES (1.5::numeric), (2)) v(x) ORDER BY x
SELECT width_bucket(5, ARRAY[1, 3, 7])
SELECT width_bucket(5.5, ARRAY[1, 3, 7]::numeric[])
SELECT width_bucket(date '2020-02-01', ARRAY[date '2020-01-01', date '2020-02-01', date '2020-03-01'])
SELECT width_bucket(timestamp '2020-02-01 01:00', ARRAY[timestamp '2020-01-01', timestamp '2020-02-01', timestamp '2020-03-01'])
SELECT width_bucket(timestamptz '2020-02-01 01:00+00', ARRAY[timestamptz '2020-01-01 00:00+00', timestamptz '2020-03-01 00:00+00'])
SELECT width_bucket(date '2019-01-01', '{2020-01-01,2021-01-01}'::date[])
SELECT width_bucket('b'::text, ARRAY['a', 'c'])
SELECT width_bucket(NULL::date, ARRAY[date '2020-01-01'])
SELECT width_bucket(date '2020-01-01', ARRAY[NULL::date])
SELECT width_bucket(5.0::float8, ARRAY[1, 3, 7]::float8[])
SELECT width_bucket(5.3, 0, 10, 5), width_bucket(5.3::float8, 0, 10, 5)
SELECT width_bucket(interval '2 days', ARRAY[interval '1 day', interval '3 days'])
SELECT width_bucket(time '02:00', ARRAY[time '01:00', time '03:00'])
SELECT width_bucket(d, ARRAY[DATE '2000-01-01', DATE '2024-02-01']), width_bucket(ts, ARRAY[TIMESTAMP '2000-01-01', TIMESTAMP '2024-02-29']) FROM t ORDER BY i
SELECT width_bucket(i, ARRAY[2, 4, 6]), width_bucket(n, ARRAY[0, 1.5, 10]), width_bucket(f, ARRAY[0, 1]::float8[]), width_bucket(s, ARRAY['B', 'a']) FROM t ORDER BY i
SELECT width_bucket(5, ARRAY[]::int[])
SELECT width_bucket(5, '{1,3,7}'::int[]), width_bucket(5, NULL::int[])
SELECT width_bucket(true, ARRAY[1])
