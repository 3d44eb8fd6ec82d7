-- Intervals: input, output, arithmetic, comparison.
SELECT interval '1 day', interval '1 year 2 months 3 days 4 hours 5 minutes 6.789 seconds'
SELECT interval '1 day'::text, (interval '1 mon -3 days 02:00')::text
SELECT interval '1-2', interval '3 4:05:06', interval '-1-2 +3 -4:05:06'
SELECT interval 'P1Y2M3DT4H5M6.5S', interval 'PT0S', interval 'P1W'
SELECT interval '1.5 days', interval '1.5 months', interval '0.5 years', interval '1.5 hours', interval '2.5 weeks'
SELECT interval '1 decade', interval '2 centuries', interval '1 millennium'
SELECT interval '1 fortnight'
SELECT interval '5' day, interval '5' hour, interval '1:30' minute to second, interval '10' month
SELECT interval '90 minutes', interval '25 hours', interval '100 days', interval '13 months'
SELECT interval '-1 day +02:03', interval '1 day ago', interval '@ 1 day 2 hours ago'
SELECT interval '1 day' + interval '2 hours', interval '1 month' - interval '31 days'
SELECT interval '1 day' * 2, 2.5 * interval '1 day', interval '1 month' * 1.5, interval '1 day' / 3
SELECT interval '1 day' / 0
SELECT -interval '1 day 2 hours', +interval '1 day'
SELECT interval '1 month' = interval '30 days', interval '24 hours' = interval '1 day', interval '1 month' > interval '29 days'
SELECT interval '1 year' = interval '360 days', interval '1 year' > interval '365 days'
SELECT interval '1 day' BETWEEN interval '23 hours' AND interval '25 hours'
SELECT interval '1 day' IN (interval '24 hours', interval '1 hour')
SELECT v FROM (VALUES (interval '1 month'), (interval '29 days'), (interval '31 days'), (interval '-1 day'), (NULL)) x(v) ORDER BY v
-- differs value: intervals of equal length that are written otherwise are different groups
SELECT DISTINCT v FROM (VALUES (interval '24 hours'), (interval '1 day')) x(v)
-- differs value: intervals of equal length that are written otherwise are different groups
SELECT count(*) FROM (VALUES (interval '24 hours'), (interval '1 day')) x(v) GROUP BY v
SELECT min(v), max(v) FROM (VALUES (interval '1 month'), (interval '29 days'), (interval '31 days')) x(v)
SELECT sum(v), avg(v) FROM (VALUES (interval '1 month'), (interval '29 days'), (interval '01:30')) x(v)
SELECT sum(v), avg(v) FROM (SELECT interval '1 day' AS v WHERE false) x
SELECT avg(v) FROM (VALUES (interval '1 day'), (interval '2 days'), (NULL)) x(v)
SELECT sum(ordered_at - TIMESTAMP '2024-01-01') FROM orders
SELECT avg(ordered_at - TIMESTAMP '2024-01-01') FROM orders
SELECT greatest(interval '1 day', interval '25 hours'), least(interval '1 month', interval '30 days 1 second')
SELECT justify_days(interval '35 days'), justify_hours(interval '27 hours'), justify_interval(interval '1 mon -1 hour')
SELECT justify_days(interval '-65 days'), justify_hours(interval '-50 hours 10 minutes'), justify_interval(interval '-1 day +25 hours')
SELECT justify_interval(NULL), justify_days(interval '1 year 400 days')
SELECT interval '1 second' * 0.1, interval '1 microsecond', interval '0.0000004 seconds', interval '1 millisecond'
SELECT interval '178000000 years'
-- differs sqlstate: another SQLSTATE
SELECT interval '9223372036854775807 seconds'
SELECT interval '1 day' || '', 'in ' || interval '3 hours', concat(interval '1 mon')
SELECT extract(epoch FROM interval '1.5 days'), extract(day FROM TIMESTAMP '2024-03-01' - TIMESTAMP '2024-01-01')
SELECT date_part('day', TIMESTAMP '2024-03-01 10:00' - TIMESTAMP '2024-01-01 12:00')
SELECT make_interval(secs => 3661)::text, make_interval(mins => 90)
SELECT interval '1 day' > '23 hours', '2 days' < interval '1 week'
SELECT '1 day'::interval::time, interval '25:30'::time
SELECT TIME '10:20'::interval
SELECT interval '1 day 10 hours'::interval day
SELECT interval '1 week', interval '1 w', interval '3 d', interval '3h 5m 6s', interval '2 mons', interval '1 y'
SELECT interval ''
SELECT interval '1 dayz'
SELECT interval '1 day' = NULL, NULL::interval + interval '1 day'
SELECT date_trunc('day', interval '1 day 10:00'), abs(extract(epoch FROM interval '-1 hour'))
SELECT i * interval '1 day' FROM (VALUES (1), (-2), (NULL)) x(i)
SELECT DATE '2024-01-31' + i * interval '1 month' FROM (VALUES (0), (1), (2), (13)) x(i)
SELECT TIMESTAMPTZ '2024-03-30 12:00+00' + interval '1 day', TIMESTAMPTZ '2024-03-30 12:00+00' + interval '24 hours'
SELECT id, ordered_at - lag(ordered_at) OVER (ORDER BY ordered_at, id) AS gap FROM orders ORDER BY ordered_at, id LIMIT 4
SELECT (date_trunc('month', TIMESTAMP '2024-02-10') + interval '1 month - 1 day')::date, interval '- 1 day + 2 hours'
SELECT avg(interval '1 day' * i), min(interval '1 hour' * i) FROM t
SELECT extract(epoch FROM sum(ts - TIMESTAMP '2024-01-01')) / 3600 FROM t
SELECT justify_days(sum(ordered_at - TIMESTAMP '2024-01-01')) FROM orders
SELECT date_part('day', max(ordered_at) - min(ordered_at)), round(extract(epoch FROM (max(ordered_at) - min(ordered_at))) / 86400, 2) FROM orders
SELECT date_trunc('hour', time '12:34:56')
SELECT date_trunc('minute', time '12:34:56.789')
SELECT date_trunc('month', interval '1 year 2 months 3 days 04:05:06')
SELECT date_trunc('hour', interval '1 year 2 months 3 days 04:05:06.7')
SELECT date_trunc('day', interval '1 year 2 months 3 days 04:05:06.7')
SELECT date_trunc('quarter', interval '1 year 8 months 3 days 04:05:06.7')
SELECT date_trunc('year', interval '25 months')
SELECT date_trunc('decade', interval '25 years')
SELECT date_trunc('century', interval '125 years')
SELECT date_trunc('millennium', interval '1125 years')
SELECT date_trunc('week', interval '1 year 2 months 3 days 04:05:06.7')
SELECT date_trunc('milliseconds', interval '04:05:06.789012')
SELECT date_trunc('second', interval '-04:05:06.789012')
SELECT date_trunc('hour', '12:34:56'::time) = interval '12 hours'
SELECT date_trunc('day', t) FROM (VALUES (time '01:02:03')) v (t)
SELECT date_trunc('bogus', time '01:02:03')
SELECT date_trunc('bogus', interval '01:02:03')
SELECT interval '1.123456789 seconds'::interval(3)
SELECT '1.1235 seconds'::interval(3)
SELECT interval(2) '1.126 seconds'
SELECT '1 day 02:03:04.5678'::interval(0)
SELECT '1 day 02:03:04.5678'::interval second
SELECT '1 day 02:03:04.5678'::interval second(1)
SELECT '1 day 02:03:04.5678'::interval day to second
SELECT '1 day 02:03:04.5678'::interval day to minute
SELECT '1 year 2 months 3 days 04:05:06'::interval year
SELECT '1 year 2 months 3 days 04:05:06'::interval month
SELECT '1 year 2 months 3 days 04:05:06'::interval year to month
SELECT '1 year 2 months 3 days 04:05:06'::interval day
SELECT '1 year 2 months 3 days 04:05:06'::interval hour
SELECT '1 year 2 months 3 days 04:05:06'::interval minute
SELECT '1 year 2 months 3 days 04:05:06'::interval day to hour
SELECT '1 year 2 months 3 days 04:05:06'::interval hour to minute
SELECT '1 year 2 months 3 days 04:05:06'::interval minute to second
SELECT interval '1' day
SELECT interval '1 02:03' day to minute
SELECT interval '1-2' year to month
SELECT interval '1' month
SELECT interval '90' minute
SELECT interval '1:30' minute to second
SELECT interval '1 2' day to hour
SELECT i::interval day FROM (VALUES (interval '1 day 02:03:04')) v (i)
SELECT cast(i AS interval(1)) FROM (VALUES (interval '1 day 02:03:04.567')) v (i)
SELECT cast('10' AS interval hour)
SELECT date_trunc('hour', tm), date_trunc('second', tm) FROM t ORDER BY i
SELECT date_trunc('hour', tm), count(*) FROM t GROUP BY 1
SELECT (tz - TIMESTAMPTZ '2024-01-01 00:00:00+00')::interval(0) FROM t ORDER BY i
SELECT (ts - TIMESTAMP '2024-01-01')::interval day FROM t ORDER BY i
SELECT (ts - TIMESTAMP '2024-01-01')::interval hour to minute FROM t ORDER BY i
SELECT CAST(interval '1 mon 2.3456 s' AS interval second(2))
SELECT 'x'::interval day
SELECT '1 day'::interval(7)
SELECT NULL::interval(2), NULL::interval day
SELECT interval '1-2'::interval year, interval '-1.999 s'::interval(1)
-- differs error: times have no zones
SELECT time '12:34:56' AT TIME ZONE 'UTC'
