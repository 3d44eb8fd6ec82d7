-- Dates, times and moments: texts, fields, arithmetic, bounds.
SELECT TIMESTAMP '2024-01-31 10:20:30'::text
SELECT TIMESTAMP '2024-01-31 10:20:30.5'::text, TIMESTAMP '2024-01-31 00:00:00'::varchar
SELECT 'x' || TIMESTAMP '2024-01-31 10:20:30.123456'
SELECT concat(TIMESTAMP '2024-01-31 10:20:30', '|', DATE '2024-02-29', '|', TIME '01:02:03.5', '|', interval '1 day 2 hours')
SELECT format('%s and %L', TIMESTAMP '2024-01-31 10:20:30', DATE '2024-02-29')
SELECT DATE '2024-02-29' || '', TIME '23:59:59.999999'::text, TIME '00:00'::text
SELECT TIMESTAMPTZ '2024-01-31 10:20:30+02'::text
SELECT TIMESTAMPTZ '2024-01-31 10:20:30.25+00' || '!'
SELECT length(TIMESTAMP '2024-01-31 10:20:30'::text), upper(DATE '2024-01-31'::text)
SELECT ts::text, d::text, tz::text, tm::text FROM t ORDER BY i
SELECT ts || '', 'd' || d FROM t ORDER BY i
SELECT substr(ts::text, 1, 7) AS month, count(*) FROM t GROUP BY 1 ORDER BY 1
SELECT CAST(ordered_at AS date), CAST(ordered_at AS time) FROM orders ORDER BY id LIMIT 3
SELECT ordered_at::date::text, to_char(ordered_at, 'YYYY-MM') FROM orders ORDER BY id LIMIT 3
SELECT string_agg(d::text, ',' ORDER BY i) FROM t
SELECT (s.x || ' 10:00')::timestamp FROM (VALUES ('2024-01-05'), ('Jan 6, 2024')) s(x)
SELECT s.x::date FROM (VALUES ('2024-01-05'), ('20240106'), ('1/7/2024'), ('epoch')) s(x)
-- differs error: no 24:00, which is an error
SELECT s.x::time FROM (VALUES ('10:00'), ('10:00:05.5'), ('1:30 PM'), ('24:00')) s(x)
SELECT s.x::timestamptz FROM (VALUES ('2024-01-05 10:00+02'), ('2024-01-05 10:00 Europe/Berlin')) s(x)
SELECT s.x::date FROM (VALUES ('2024-02-30')) s(x)
SELECT s.x::date FROM (VALUES ('soon')) s(x)
SELECT s.x::timestamp FROM (VALUES ('2024-01-05 25:00')) s(x)
SELECT s.x::interval FROM (VALUES ('1 day'), ('02:30'), ('1 year 2 mons -3 days'), ('P1Y2M3DT4H5M6S'), (NULL)) s(x)
SELECT s.x::interval FROM (VALUES ('one day')) s(x)
-- differs error: no 24:00, which is an error
SELECT '24:00'::time, '00:00'::time
SELECT '25:00'::time
SELECT '2024-02-29'::date + 365, '2024-02-29'::date - 366, DATE '2024-12-31' + 1
SELECT DATE '2024-03-01' - DATE '2023-03-01', DATE '2023-03-01' - DATE '2024-03-01'
SELECT DATE '2024-01-31' + interval '1 month', DATE '2024-03-31' - interval '1 month', DATE '2023-01-29' + interval '1 mon'
SELECT DATE '2024-02-29' + interval '1 year', DATE '2024-02-29' - interval '4 years'
SELECT DATE '2024-01-01' + TIME '10:30'
SELECT TIME '10:30' + DATE '2024-01-01'
SELECT TIME '10:30' + interval '15 hours', TIME '01:00' - interval '2 hours'
SELECT TIME '10:30' - TIME '08:15:30'
SELECT TIMESTAMP '2024-03-01 12:00' - TIMESTAMP '2024-02-01 13:30'
SELECT TIMESTAMP '2024-03-01 12:00' - TIMESTAMP '2024-03-01 12:00:00.5'
SELECT TIMESTAMPTZ '2024-03-01 12:00+00' - TIMESTAMPTZ '2024-02-28 00:00+02'
SELECT TIMESTAMP '2024-03-01 12:00' - DATE '2024-02-01', DATE '2024-03-01' - TIMESTAMP '2024-02-01 12:00'
SELECT TIMESTAMP '2024-01-31 10:00' + interval '1 month 1 day -2 hours'
SELECT interval '2 hours' + TIMESTAMP '2024-01-31 10:00'
SELECT ts - interval '90 minutes' FROM t ORDER BY i
SELECT max(ordered_at) - min(ordered_at) FROM orders
SELECT DATE '2024-01-01' < TIMESTAMP '2024-01-01 00:00:01', DATE '2024-01-01' = TIMESTAMP '2024-01-01 00:00'
SELECT count(*) FROM orders WHERE ordered_at >= '2024-02-01' AND ordered_at < '2024-03-01'
SELECT count(*) FROM orders WHERE ordered_at BETWEEN '2024-01-01' AND '2024-01-31'
SELECT count(*) FROM orders WHERE ordered_at::date = '2024-01-17'
SELECT extract(second FROM TIMESTAMP '2024-01-31 10:20:30.5')
SELECT extract(year FROM DATE '2024-01-31'), extract(month FROM DATE '2024-01-31'), extract(day FROM DATE '2024-01-31')
SELECT extract(epoch FROM TIMESTAMP '2024-01-31 10:20:30.5'), extract(epoch FROM DATE '2024-01-31')
SELECT extract(epoch FROM TIMESTAMPTZ '2024-01-31 10:20:30.123456+00')
SELECT extract(epoch FROM interval '1 year 2 months 3 days 4 hours'), extract(epoch FROM TIME '01:00:00.5')
SELECT extract(dow FROM DATE '2024-02-04'), extract(isodow FROM DATE '2024-02-04'), extract(doy FROM DATE '2024-12-31')
SELECT extract(week FROM DATE '2021-01-03'), extract(isoyear FROM DATE '2021-01-03'), extract(quarter FROM DATE '2024-05-01')
SELECT extract(century FROM DATE '2000-12-31'), extract(decade FROM DATE '2024-12-31'), extract(millennium FROM DATE '2001-01-01')
SELECT extract(hour FROM TIMESTAMP '2024-01-31 10:20:30'), extract(minute FROM TIMESTAMP '2024-01-31 10:20:30')
SELECT extract(milliseconds FROM TIMESTAMP '2024-01-31 10:20:30.123456'), extract(microseconds FROM TIMESTAMP '2024-01-31 10:20:30.123456')
SELECT extract(julian FROM DATE '2024-01-31'), extract(julian FROM TIMESTAMP '2024-01-31 12:00')
SELECT extract(timezone FROM TIMESTAMPTZ '2024-01-31 10:20:30+02'), extract(timezone_hour FROM TIMESTAMPTZ '2024-01-31 10:20:30+02')
SELECT extract(timezone FROM TIMESTAMP '2024-01-31 10:20:30')
SELECT extract(hour FROM DATE '2024-01-31')
SELECT extract(nonsense FROM DATE '2024-01-31')
SELECT extract(year FROM TIME '10:00')
SELECT extract(hour FROM TIME '10:20:30.5'), extract(second FROM TIME '10:20:30.5'), extract(minute FROM TIME '10:20:30.5')
SELECT extract(year FROM NULL::date), extract(second FROM NULL::timestamp)
SELECT extract(year FROM interval '14 months'), extract(month FROM interval '14 months'), extract(day FROM interval '40 days 30 hours'), extract(hour FROM interval '40 days 30 hours')
SELECT extract(second FROM interval '-1.5 seconds'), extract(quarter FROM interval '7 months'), extract(decade FROM interval '25 years')
SELECT extract(week FROM interval '3 weeks')
SELECT date_part('second', TIMESTAMP '2024-01-31 10:20:30.5'), date_part('epoch', TIMESTAMP '2024-01-31 10:20:30.5')
SELECT date_part('year', DATE '2024-01-31'), date_part('dow', DATE '2024-02-04'), date_part('hour', TIME '10:00')
SELECT date_part('hours', TIMESTAMP '2024-01-31 10:20:30'), date_part('YEAR', DATE '2024-01-31'), date_part('mon', DATE '2024-01-31')
SELECT date_part('nonsense', TIMESTAMP '2024-01-31 10:20:30')
SELECT date_part('month', interval '14 months'), date_part('epoch', interval '1 day')
SELECT extract(year FROM ordered_at) AS y, extract(month FROM ordered_at) AS m, count(*) FROM orders GROUP BY 1, 2 ORDER BY 1, 2
SELECT extract(second FROM ts), extract(epoch FROM ts), extract(dow FROM d) FROM t ORDER BY i
SELECT extract(epoch FROM (max(ordered_at) - min(ordered_at))) / 86400 FROM orders
SELECT date_trunc('month', TIMESTAMP '2024-01-31 10:20:30'), date_trunc('quarter', TIMESTAMP '2024-05-31 10:20:30')
SELECT date_trunc('month', DATE '2024-01-31')
SELECT date_trunc('week', TIMESTAMP '2024-02-04 10:00'), date_trunc('year', TIMESTAMP '2024-02-04 10:00'), date_trunc('hour', TIMESTAMP '2024-02-04 10:59')
SELECT date_trunc('decade', TIMESTAMP '2024-02-04 10:00'), date_trunc('century', TIMESTAMP '2024-02-04 10:00'), date_trunc('millennium', TIMESTAMP '2024-02-04 10:00')
SELECT date_trunc('milliseconds', TIMESTAMP '2024-02-04 10:00:00.123456'), date_trunc('second', TIMESTAMP '2024-02-04 10:00:00.9')
SELECT date_trunc('day', TIMESTAMPTZ '2024-02-04 23:30+00', 'Europe/Berlin')
SELECT date_trunc('day', TIMESTAMPTZ '2024-02-04 23:30+00')
SELECT date_trunc('hour', interval '3 days 02:47:33'), date_trunc('month', interval '1 year 5 months 3 days')
SELECT date_trunc('quarter', interval '1 year 5 months 3 days')
SELECT date_trunc('nonsense', TIMESTAMP '2024-02-04 10:00')
SELECT date_trunc('month', NULL::timestamp), date_trunc(NULL, TIMESTAMP '2024-02-04 10:00')
SELECT date_trunc('months', TIMESTAMP '2024-02-04 10:00'), date_trunc('MONTH', TIMESTAMP '2024-02-04 10:00')
SELECT date_trunc('month', ordered_at) AS m, sum(amount) FROM orders GROUP BY 1 ORDER BY 1
SELECT date_trunc('month', ordered_at)::date AS m, count(*) FROM orders GROUP BY 1 ORDER BY 1
SELECT date_trunc('week', tz) FROM t ORDER BY i
SELECT date_bin('15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01')
SELECT date_bin('15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01 00:02:30')
SELECT date_bin('1 day', TIMESTAMPTZ '2020-02-11 15:44:17+00', TIMESTAMPTZ '2001-01-01 00:00+00')
SELECT date_bin('1 day', TIMESTAMP '1999-02-11 15:44:17', TIMESTAMP '2001-01-01 06:00')
SELECT date_bin('1 month', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01')
SELECT date_bin('0 seconds', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01')
SELECT date_bin('-1 hour', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01')
SELECT age(TIMESTAMP '2001-04-10', TIMESTAMP '1957-06-13')
SELECT age(TIMESTAMP '2024-03-31', TIMESTAMP '2024-02-29'), age(TIMESTAMP '2024-02-29', TIMESTAMP '2024-03-31')
SELECT age(DATE '2024-03-01', DATE '2024-01-31'), age(TIMESTAMP '2024-03-01 10:00', TIMESTAMP '2024-01-31 12:30:00.5')
SELECT age(TIMESTAMPTZ '2024-03-01 10:00+00', TIMESTAMPTZ '2024-01-31 12:30+00')
SELECT age(NULL::timestamp, TIMESTAMP '2024-01-01'), age(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-01')
SELECT age(current_date::timestamp) = interval '0', pg_typeof(age(DATE '2020-01-01'))
SELECT extract(year FROM age(DATE '2024-05-16', born)) FROM people ORDER BY id
SELECT make_date(2024, 2, 29), make_date(1, 1, 1)
SELECT make_date(2023, 2, 29)
SELECT make_date(0, 1, 1)
SELECT make_date(-44, 3, 15)
SELECT make_date(2024, NULL, 1)
SELECT make_time(8, 15, 23.5), make_time(24, 0, 0)
SELECT make_time(25, 0, 0)
SELECT make_timestamp(2013, 7, 15, 8, 15, 23.5)
SELECT make_timestamp(2013, 7, 32, 8, 15, 23.5)
SELECT make_timestamp(2013, 7, 15, 8, 15, 60)
SELECT make_timestamptz(2013, 7, 15, 8, 15, 23.5), make_timestamptz(2013, 7, 15, 8, 15, 23.5, 'Europe/Berlin')
SELECT make_interval(days => 10)
SELECT make_interval(1, 2, 3, 4, 5, 6, 7.5), make_interval()
SELECT make_interval(years => 1, secs => 0.25), make_interval(weeks => 2, hours => -3)
SELECT to_timestamp(0), to_timestamp(1284352323.5), to_timestamp(-1.25)
SELECT to_timestamp('NaN'::float8)
SELECT isfinite(DATE '2024-01-01'), isfinite(TIMESTAMP '2024-01-01'), isfinite(interval '1 day'), isfinite(NULL::date)
-- differs error: no infinite dates and no years before Christ, which is an error
SELECT 'infinity'::timestamp > now()::timestamp
-- differs error: no infinite dates and no years before Christ, which is an error
SELECT 'infinity'::date
-- differs error: no infinite dates and no years before Christ, which is an error
SELECT '0044-03-15 BC'::date
SELECT (DATE '2024-01-01', DATE '2024-06-01') OVERLAPS (DATE '2024-05-31', DATE '2024-07-01')
SELECT (DATE '2024-01-01', interval '10 days') OVERLAPS (DATE '2024-01-11', interval '1 day')
SELECT (TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-01') OVERLAPS (TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-02')
SELECT (DATE '2024-02-01', DATE '2024-01-01') OVERLAPS (DATE '2024-01-15', DATE '2024-01-20')
SELECT (TIME '10:00', TIME '11:00') OVERLAPS (TIME '11:00', TIME '12:00')
SELECT (NULL::date, DATE '2024-01-01') OVERLAPS (DATE '2024-01-15', DATE '2024-01-20')
SELECT pg_typeof(now()), pg_typeof(current_timestamp), pg_typeof(localtimestamp), pg_typeof(current_date), pg_typeof(localtime), pg_typeof(clock_timestamp())
SELECT now() = transaction_timestamp(), now() <= clock_timestamp(), statement_timestamp() <= clock_timestamp(), now() = current_timestamp
SELECT pg_typeof(timeofday()), length(timeofday()) > 20
-- differs error: no time with time zone, which is an error
SELECT current_date = now()::date, localtimestamp = now()::timestamp, current_time::time = localtime
-- differs error: no time with time zone, which is an error
SELECT pg_typeof(current_time), current_timestamp(0) IS NOT NULL, localtimestamp(3) IS NOT NULL
-- differs error: no time with time zone, which is an error
SELECT '10:20:30+02'::timetz
-- differs error: no time with time zone, which is an error
SELECT TIMETZ '10:20:30.5-05:30'::text
SELECT TIMESTAMP '2024-01-31 10:20:30.567'::timestamp(0), TIMESTAMP '2024-01-31 10:20:30.567'::timestamp(1)
SELECT TIMESTAMPTZ '2024-01-31 10:20:30.567+00'::timestamptz(2), TIME '10:20:30.567'::time(1)
SELECT TIMESTAMP '2024-01-31 10:20:30'::date, TIMESTAMP '2024-01-31 10:20:30'::time, DATE '2024-01-31'::timestamp, DATE '2024-01-31'::timestamptz
SELECT TIMESTAMPTZ '2024-01-31 10:20:30+02'::timestamp, TIMESTAMPTZ '2024-01-31 10:20:30+02'::date, TIMESTAMP '2024-01-31 10:20:30'::timestamptz
SELECT TIMESTAMP '2024-03-31 02:30' AT TIME ZONE 'Europe/Berlin', TIMESTAMP '2024-10-27 02:30' AT TIME ZONE 'Europe/Berlin'
SELECT TIMESTAMPTZ '2024-03-31 00:59:59+00' AT TIME ZONE 'Europe/Berlin', TIMESTAMPTZ '2024-03-31 01:00+00' AT TIME ZONE 'Europe/Berlin'
SELECT TIMESTAMP '2024-07-01 12:00' AT TIME ZONE 'America/New_York' AT TIME ZONE 'Asia/Tokyo'
SELECT TIMESTAMP '9999-12-31 23:59:59.999999', DATE '9999-12-31', DATE '0001-01-01', TIMESTAMP '0001-01-01 00:00:00'
SELECT DATE '9999-12-31' + 1
SELECT TIMESTAMP '9999-12-31 23:59:59'::text, (DATE '9999-12-31' + interval '1 second')::text
SELECT extract(year FROM DATE '0001-01-01'), extract(epoch FROM TIMESTAMP '0001-01-01'), date_trunc('century', TIMESTAMP '0001-01-01')
SELECT '5874898-01-01'::date
SELECT DATE '2024-01-01' + 2147483647
SELECT DATE '2024-01-01' + NULL::int, DATE '2024-01-01' - NULL::date
SELECT DATE '2024-01-01' + DATE '2024-01-01'
SELECT DATE '2024-01-01' * 2
SELECT DATE '2024-01-01' + 1.5
SELECT TIMESTAMP '2024-01-01' + 1
SELECT DATE '2024-01-01'::int
SELECT 5::date
SELECT greatest(DATE '2024-01-01', DATE '2024-02-01', NULL), least(TIMESTAMP '2024-01-01', TIMESTAMP '2023-01-01')
SELECT min(d), max(d), min(ts), max(tz), min(tm), max(tm) FROM t
SELECT DATE '2024-01-01' IN ('2024-01-01', '2024-01-02'), DATE '2024-01-03' BETWEEN '2024-01-01' AND '2024-01-31'
SELECT CASE WHEN true THEN DATE '2024-01-01' ELSE TIMESTAMP '2024-01-01 10:00' END
SELECT coalesce(NULL, DATE '2024-01-01'), coalesce(NULL::timestamp, DATE '2024-01-01'::timestamp)
SELECT generate_series(1, 3)
SELECT generate_series(3, 1), generate_series(3, 1, -1)
SELECT * FROM generate_series(1, 3) AS n
SELECT * FROM generate_series(1, 10, 4)
SELECT * FROM generate_series(5, 1, -2) AS s(n)
SELECT * FROM generate_series(1, 3, 0)
SELECT * FROM generate_series(1, NULL)
SELECT * FROM generate_series(1::bigint, 3::bigint) AS n
SELECT * FROM generate_series(1.0, 2.0, 0.5) AS n
SELECT * FROM generate_series(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-02', interval '8 hours') AS ts
SELECT * FROM generate_series(DATE '2024-01-31', DATE '2024-05-31', interval '1 month') AS d
SELECT * FROM generate_series('2024-01-01'::timestamptz, '2024-01-03', '1 day') AS d
SELECT d::date FROM generate_series(DATE '2024-02-27', DATE '2024-03-01', '1 day') d
SELECT to_char(d, 'YYYY-MM') AS month FROM generate_series(DATE '2024-01-01', DATE '2024-03-01', '1 month') AS g(d)
SELECT * FROM generate_series(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-02', interval '0 hours')
SELECT * FROM generate_series(TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-01', interval '-12 hours') AS ts
SELECT n, n * 2 FROM generate_series(1, 3) WITH ORDINALITY AS g(n, o) ORDER BY o DESC
SELECT sum(n), pg_typeof(sum(n)), pg_typeof(min(n)) FROM generate_series(1, 100) AS n
SELECT g.m, count(o.id) FROM generate_series(DATE '2024-01-01', DATE '2024-04-01', '1 month') AS g(m) LEFT JOIN orders o ON date_trunc('month', o.ordered_at) = g.m GROUP BY 1 ORDER BY 1
SELECT to_date('05 Dec 2000', 'DD Mon YYYY'), to_timestamp('05 Dec 2000', 'DD Mon YYYY')
SELECT id FROM orders WHERE extract(year FROM ordered_at) = 2024 AND extract(month FROM ordered_at) >= 6 ORDER BY id
SELECT count(*) FROM orders WHERE date_part('year', ordered_at) < 2024 OR extract(year FROM ordered_at) > 2023.5
SELECT i FROM t WHERE extract(year FROM tz) <> 2024 ORDER BY i
SELECT i FROM t WHERE extract(year FROM d) IN (1999, 2023) ORDER BY i
SELECT tz::date, tz::timestamp, tz::time FROM t ORDER BY i
SELECT d::timestamptz, ts::timestamptz, d = tz, ts < tz FROM t ORDER BY i
SELECT age(tz, TIMESTAMPTZ '2000-01-31 22:30+00') FROM t ORDER BY i
SELECT date_trunc('day', tz) = d::timestamptz, date_trunc('month', d) FROM t ORDER BY i
SELECT i, tm + interval '30 minutes', tm - TIME '01:00' FROM t ORDER BY i
SELECT i, date_trunc('week', d), date_trunc('hour', d), date_trunc('day', d), date_trunc('month', d), date_trunc('quarter', d), date_trunc('century', d) FROM t ORDER BY i
SELECT date_trunc('month', d) AS m, count(*), date_trunc('month', max(d)) FROM t GROUP BY 1 ORDER BY 1
SELECT date_trunc('month', DATE '2024-03-31'), date_trunc('week', DATE '2024-01-01'), date_trunc('fortnight', DATE '2024-01-01')
SELECT date_trunc(u, d) FROM t CROSS JOIN (VALUES ('month'), ('year'), (NULL)) AS v(u) WHERE i < 5 ORDER BY 1
SELECT date_trunc('year', DATE '300000-01-01')
SELECT date_trunc('day', d, 'America/New_York') FROM t ORDER BY i
