SELECT i FROM t WHERE b <> 0 AND 100 / b >= 5 ORDER BY i
SELECT i FROM t WHERE b IS NOT NULL AND b <> 0 AND 100 / b >= 5 ORDER BY i
SELECT i FROM t WHERE CASE WHEN b = 0 THEN false ELSE 100 / b > 1 END ORDER BY i
SELECT i FROM t WHERE b = 0 OR 100 / b > 1 ORDER BY i
SELECT i, b = 0 OR 100 / b > 1 FROM t ORDER BY i
SELECT i, b <> 0 AND 100 / b > 1 FROM t ORDER BY i
SELECT i, x AND b <> 0 AND 100 / b > 1 FROM t ORDER BY i
SELECT i, x OR b = 0 OR 100 / b > 1 FROM t ORDER BY i
SELECT i, NOT (b = 0 OR 100 / b > 1) FROM t ORDER BY i
SELECT i FROM t WHERE NOT (b = 0 OR 100 / b > 1) ORDER BY i
SELECT i FROM t WHERE NOT (b <> 0 AND 100 / b > 1) ORDER BY i
SELECT v FROM (VALUES ('1'), ('x'), ('77')) q(v) WHERE v ~ '^\d+$' AND v::int > 5
SELECT v FROM (VALUES ('1'), ('x'), ('77')) q(v) WHERE CASE WHEN v ~ '^\d+$' THEN v::int > 5 ELSE false END
SELECT v FROM (SELECT * FROM (VALUES ('1'), ('x'), ('77')) q(v) WHERE v ~ '^\d+$') z WHERE v::int > 5
WITH z AS (SELECT i, b FROM t WHERE b <> 0) SELECT i FROM z WHERE 100 / b > 1 ORDER BY i
SELECT z.i FROM (SELECT i, b FROM t WHERE b <> 0) z JOIN people p ON p.id = z.i WHERE 100 / z.b > 1 ORDER BY 1
SELECT p.id FROM people p JOIN t ON p.id = t.i AND t.b <> 0 WHERE 100 / t.b > 1 ORDER BY 1
SELECT p.id FROM people p JOIN t ON p.id = t.i AND t.b <> 0 AND 100 / t.b > 1 ORDER BY 1
SELECT p.id, t.i FROM people p LEFT JOIN t ON p.id = t.i AND t.b <> 0 AND 100 / t.b > 1 ORDER BY 1
SELECT p.id, t.i FROM people p LEFT JOIN t ON p.id = t.i AND p.id <> 2 AND 100 / (p.id - 2) > 1 ORDER BY 1
SELECT p.id, t.i FROM people p JOIN t ON p.id > t.i AND p.id <> 7 AND 10 / (p.id - 7) < t.i ORDER BY 1, 2
SELECT p.id, t.i FROM people p, t WHERE p.id <> t.i AND 10 / (p.id - t.i) > 3 ORDER BY 1, 2
SELECT p.id, t.i FROM people p FULL JOIN t ON p.id = t.i WHERE p.id <> 2 AND 100 / (p.id - 2) > 1 ORDER BY 1
SELECT channel, count(*) FROM orders GROUP BY channel HAVING count(*) <> 5 AND sum(amount) / (count(*) - 5) > 0 ORDER BY 1
SELECT channel, count(*) FROM orders GROUP BY channel HAVING count(*) = 5 OR sum(amount) / (count(*) - 5) > 0 ORDER BY 1
SELECT count(*) FILTER (WHERE b <> 0 AND 100 / b > 1) FROM t
SELECT sum(100 / b) FILTER (WHERE b <> 0) FROM t
SELECT sum(CASE WHEN b <> 0 THEN 100 / b ELSE 0 END) FROM t
SELECT count(*) FILTER (WHERE b <> 0 AND 100 / b > 1 AND b > 3) FROM t WHERE b IS NOT NULL
SELECT i FROM t WHERE f >= 0 AND sqrt(f) < 2 ORDER BY i
SELECT i FROM t WHERE k > 0 AND 100 / k > 10 ORDER BY i
SELECT i FROM t WHERE k > 0 AND ln(k) > 1 ORDER BY i
SELECT i FROM t WHERE b < 100 AND b > -100 AND b::int + 5 > 3 ORDER BY i
SELECT i FROM t WHERE b < 100 AND b > -100 AND b::int4 = 10 ORDER BY i
SELECT i FROM t WHERE b::int4 = 10 ORDER BY i
SELECT i FROM t WHERE b::int2 IN (10, 20) ORDER BY i
SELECT i FROM t WHERE k < 100 AND k * 2::int2 > 3 ORDER BY i
SELECT i FROM t WHERE b IN (10, 20) AND (b - 5)::int2 > 3 ORDER BY i
SELECT i FROM t WHERE CASE b WHEN 0 THEN false ELSE 100 / b > 1 END ORDER BY i
SELECT i, CASE WHEN b = 0 THEN 'zero' WHEN 100 / b > 1 THEN 'small' END = 'small' FROM t ORDER BY i
SELECT i FROM t WHERE CASE WHEN b = 0 THEN 'zero' WHEN 100 / b > 1 THEN 'small' END = 'small' ORDER BY i
SELECT i FROM t WHERE coalesce(b = 0, 100 / k > 1) ORDER BY i
SELECT i FROM t WHERE b <> 0 AND (100 / b > 5 OR 100 / b < -5) ORDER BY i
SELECT i FROM t WHERE b <> 0 AND 100 / b > 5 AND 100 / b < 50 ORDER BY i
SELECT v FROM (VALUES ('1'), ('x'), ('77')) q(v) WHERE v ~ '^\d+$' AND v::int > 5 AND v::int < 100
SELECT v FROM (VALUES ('1'), ('x'), ('77')) q(v) WHERE v ~ '^\d+$' AND v::int IN (SELECT 77)
SELECT v FROM (VALUES ('1'), ('x'), ('77')) q(v) WHERE v ~ '^\d+$' AND v::int > (SELECT min(i) FROM t)
SELECT v FROM (VALUES ('1'), ('x'), ('77')) q(v) JOIN t ON t.i = v::int AND v ~ '^\d+$'
SELECT v FROM (VALUES ('1'), ('x'), ('77')) q(v) JOIN t ON t.i = v::int WHERE v ~ '^\d+$'
SELECT p.id FROM people p WHERE EXISTS (SELECT 1 FROM t WHERE t.i = p.id AND t.b <> 0 AND 100 / t.b > 1) ORDER BY 1
SELECT p.id, (SELECT count(*) FROM t WHERE t.i <= p.id AND t.b <> 0 AND 100 / t.b > 1) FROM people p ORDER BY 1
SELECT p.id, (SELECT sum(b) FROM t WHERE t.i = p.id AND t.b <> 0 AND 100 / t.b > 1) FROM people p ORDER BY 1
SELECT d FROM (VALUES ('2024-01-01'), ('n/a')) q(d) WHERE d <> 'n/a' AND d::date >= '2023-01-01'
SELECT d FROM (VALUES ('2024-01-01'), ('n/a')) q(d) WHERE d ~ '^\d{4}-' AND to_date(d, 'YYYY-MM-DD') >= '2023-01-01'
SELECT i FROM t WHERE length(s) > 2 AND substr(s, 3, 1)::text = 'c' ORDER BY i
SELECT i, row_number() OVER (ORDER BY i) FROM t WHERE b <> 0 AND 100 / b > 1 ORDER BY i
SELECT * FROM (SELECT i, b, row_number() OVER (ORDER BY i) AS r FROM t) q WHERE b <> 0 AND 100 / b > r ORDER BY i
SELECT i FROM t WHERE 100 / b > 5
SELECT i FROM t WHERE v_is(i)
SELECT sum(b) FROM t WHERE x AND b <> 0 AND 1000 % b = 0
SELECT i FROM t WHERE n <> 0 AND 1 / n > 0 ORDER BY i
SELECT i FROM t WHERE n > 0 AND log(n) > 0 ORDER BY i
SELECT i FROM t WHERE b <> 0 AND f / b > 0 ORDER BY i
SELECT i FROM t WHERE (b <> 0 AND 100 / b > 1) IS NOT FALSE ORDER BY i
SELECT i FROM t WHERE (b <> 0 AND 100 / b > 1) IS TRUE ORDER BY i
SELECT i FROM t WHERE x = (b <> 0 AND 100 / b > 1) ORDER BY i
SELECT bool_and(b <> 0 AND 100 / b > 1), bool_or(b = 0 OR 100 / b > 1) FROM t
SELECT i FROM t ORDER BY b <> 0 AND 100 / b > 1, i
SELECT b <> 0 AND 100 / b > 1 AS c, count(*) FROM t GROUP BY b <> 0 AND 100 / b > 1 ORDER BY 1
SELECT b <> 0 AND 100 / b > 1 AS c, count(*) FROM t GROUP BY 1 ORDER BY 1
SELECT DISTINCT b = 0 OR 100 / b > 1 FROM t ORDER BY 1
SELECT i FROM t WHERE b <> 0 AND i IN (SELECT customer FROM orders) AND 100 / b > 1 ORDER BY i
SELECT i FROM t WHERE i NOT IN (SELECT id FROM people WHERE id <> 3 AND 10 / (id - 3) > 3) ORDER BY i
SELECT i FROM t WHERE i = ANY (ARRAY[1, 2, 3, 4, 7]) AND b <> 0 AND 100 / b > 1 ORDER BY i
SELECT i FROM t WHERE n::numeric(10,1) = 3.3
SELECT i FROM t WHERE n::numeric(10,1) = 3.3 OR n::numeric(10,1) = 0.1 ORDER BY 1
SELECT i FROM t WHERE n::numeric(10,0) = 2
SELECT i FROM t WHERE n::numeric(10,0) IN (2, 3) ORDER BY i
SELECT i FROM t WHERE n::numeric(10,0) NOT IN (2, 3) ORDER BY i
SELECT i FROM t WHERE cast(n AS numeric(12,1)) BETWEEN 3.3 AND 3.4
SELECT i FROM t WHERE n::numeric(10,1) > 3.25 ORDER BY 1
SELECT i FROM t WHERE n::numeric(10,1)::numeric(12,3) = 3.3 ORDER BY 1
SELECT i, n::numeric(10,1) IS DISTINCT FROM 3.3 FROM t ORDER BY 1
SELECT i FROM t WHERE n::numeric(4,2) = 1.5
SELECT i FROM t WHERE n::int = 3 ORDER BY 1
SELECT i FROM t WHERE n::int IN (2, 3) ORDER BY 1
SELECT i FROM t WHERE f::int = 2 ORDER BY 1
SELECT i FROM t WHERE f::float4 = 1e-7::float4 ORDER BY 1
SELECT i FROM t WHERE ts::timestamp(0) = '2024-02-29 23:59:59' ORDER BY 1
SELECT i FROM t WHERE ts::timestamp(0) = '2024-03-01 00:00:00' ORDER BY 1
SELECT i FROM t WHERE ts::timestamp(3) = '2023-03-26 02:30:00.123' ORDER BY 1
SELECT i FROM t WHERE ts::timestamp(3) IN ('2023-03-26 02:30:00.123', '2024-07-04 12:00:00') ORDER BY 1
SELECT i FROM t WHERE tz::timestamptz(0) = '2024-03-01 00:00:00+00' ORDER BY 1
SELECT i FROM t WHERE ts::date = '2024-02-29' ORDER BY 1
SELECT i FROM t WHERE ts::date > '2024-02-29' ORDER BY 1
SELECT i FROM t WHERE ts::date IN ('2024-02-29', '2024-07-04') ORDER BY 1
SELECT i FROM t WHERE ts::time = '12:00:00' ORDER BY 1
SELECT i FROM t WHERE tm::time(0) = '02:30:00' ORDER BY 1
SELECT i FROM t WHERE s::varchar(2) = 'ab' ORDER BY 1
SELECT i FROM t WHERE s::varchar(2) IN ('ab', 'AB') ORDER BY 1
SELECT i FROM t WHERE s::char(2) = 'ab' ORDER BY 1
SELECT i FROM t WHERE i::text = '05' ORDER BY 1
SELECT i FROM t WHERE i::text = '5' ORDER BY 1
SELECT i FROM t WHERE i::text > '5' ORDER BY 1
SELECT i FROM t WHERE i::text IN ('5', '06') ORDER BY 1
SELECT i FROM t WHERE b::int4 > 5 ORDER BY 1
SELECT i FROM t WHERE b::int2 = 10 ORDER BY 1
SELECT i FROM t WHERE i::bool = true ORDER BY 1
SELECT i FROM t WHERE i::numeric(10,1) = 3.0 ORDER BY 1
SELECT i FROM t WHERE i::numeric = 3.5 ORDER BY 1
SELECT i FROM t WHERE i::float8 = 3.5 ORDER BY 1
SELECT i FROM t WHERE b = 10.0 ORDER BY 1
SELECT i FROM t WHERE b > 9.5 ORDER BY 1
SELECT i FROM t WHERE d::timestamp = '2024-02-29' ORDER BY 1
SELECT i FROM t WHERE d::timestamp > '2024-02-29 00:00:01' ORDER BY 1
SELECT i FROM t WHERE r::float8 = 0.1 ORDER BY 1
SELECT count(*) FROM t a JOIN t c ON a.n::numeric(10,0) = c.n::numeric(10,0)
SELECT v FROM generate_series(0, 100000) g(v) ORDER BY v <> 0 AND 100 / v > 1, v LIMIT 3
SELECT v FROM generate_series(0, 100000) g(v) ORDER BY NOT (v > 0 AND 100 / v > 1), v DESC LIMIT 3
