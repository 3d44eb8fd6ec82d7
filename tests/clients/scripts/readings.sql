SELECT i::bigint AS id, (i % 7)::smallint AS small, (i * 3)::integer AS whole, (i / 4.0)::real AS single, i::double precision / 8 AS "double",
  (i * 1.25)::numeric(12,2) AS amount, 'name ' || i AS name, i % 3 = 0 AS active, DATE '2024-01-01' + i::integer AS day,
  TIMESTAMP '2024-01-01 00:00:00.5' + (i || ' hours')::interval AS at, TIMESTAMPTZ '2024-01-01 00:00:00+00' + (i || ' hours')::interval AS at_zone,
  TIME '00:00:00' + (i || ' minutes')::interval AS clock, CASE WHEN i % 10 = 0 THEN NULL ELSE 'ünï ' || i END AS maybe,
  ARRAY[i::integer, NULL, 3::integer] AS numbers, ARRAY['a', 'b ' || i] AS words, ('x' || i)::bytea AS bytes, (i || ' days 1 minute')::interval AS lapse
FROM generate_series(1, 1000) AS series(i)
