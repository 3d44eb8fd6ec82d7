-- The tables of the corpus and of the generator, made by the same statements on both servers.
CREATE TABLE t AS SELECT * FROM (VALUES
    (1::int4, 10::int8, 2::int2, 1.50::numeric(10,2), 2.5::float8, 1.25::float4, 'abc'::text, DATE '2024-01-31', TIMESTAMP '2024-01-31 10:20:30', TIMESTAMPTZ '2024-01-31 10:20:30+00', TIME '10:20:30', true),
    (2, 20, 3, 3.25, -1.5::float8, 0.5::float4, 'Bcd', DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59.5', TIMESTAMPTZ '2024-02-29 23:59:59.5+00', TIME '23:59:59.5', false),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, -7, -1, -2.75, 0::float8, -3.5::float4, 'straße', DATE '1999-12-31', TIMESTAMP '1999-12-31 00:00:00', TIMESTAMPTZ '1999-12-31 00:00:00+00', TIME '00:00:00', true),
    (5, 9000000000, 32767, 12345678.99, '1e15'::float8, 1e10::float4, '', DATE '2023-03-26', TIMESTAMP '2023-03-26 02:30:00.123456', TIMESTAMPTZ '2023-03-26 01:30:00.123456+00', TIME '02:30:00.123456', false),
    (6, 10, 2, 0.00, '1e-7'::float8, 0.1::float4, 'a%b_c\d', DATE '2024-07-04', TIMESTAMP '2024-07-04 12:00:00', TIMESTAMPTZ '2024-07-04 12:00:00+00', TIME '12:00:00', NULL),
    (7, 0, 0, 0.05, 'NaN'::float8, 'Infinity'::float4, 'ABC', DATE '2024-02-28', TIMESTAMP '2024-02-28 06:07:08.9', TIMESTAMPTZ '2024-02-28 06:07:08.9+00', TIME '06:07:08.9', true),
    (8, -9000000000, -32768, -99999999.99, -0.5::float8, 1.5::float4, ' x y ', DATE '1970-01-01', TIMESTAMP '1970-01-01 00:00:00.000001', TIMESTAMPTZ '1970-01-01 00:00:00.000001+00', TIME '23:00:00', false)
) AS v(i, b, k, n, f, r, s, d, ts, tz, tm, x);

CREATE TABLE orders AS SELECT * FROM (VALUES
    (1::int8, 1::int4, TIMESTAMP '2024-01-03 09:15:00', 19.99::numeric(12,2), 1::int4, 'web'::text, false),
    (2, 1, TIMESTAMP '2024-01-17 20:05:10', 5.00, 2, 'web', false),
    (3, 2, TIMESTAMP '2024-01-17 20:05:10', 120.50, 1, 'shop', false),
    (4, 3, TIMESTAMP '2024-02-01 00:00:00', 0.00, 3, 'call', false),
    (5, 1, TIMESTAMP '2024-02-10 11:30:00', -19.99, 1, 'web', true),
    (6, 4, TIMESTAMP '2024-02-29 23:59:59', 75.25, 5, NULL, false),
    (7, 2, TIMESTAMP '2024-03-05 08:00:00', 33.33, 3, 'shop', false),
    (8, 5, TIMESTAMP '2024-03-31 12:00:00', 999.99, 10, 'web', false),
    (9, 3, TIMESTAMP '2024-04-01 07:45:00', 12.10, 1, 'call', false),
    (10, 6, TIMESTAMP '2024-04-15 16:20:00', NULL, 1, 'shop', false),
    (11, 2, TIMESTAMP '2024-05-01 10:10:10', 45.00, 2, 'web', NULL),
    (12, 5, TIMESTAMP '2024-06-30 22:22:22', 250.00, 4, 'shop', false),
    (13, 7, TIMESTAMP '2024-07-04 13:13:13', 60.60, 6, 'call', false),
    (14, NULL, TIMESTAMP '2024-07-05 09:00:00', 10.00, 1, 'web', false),
    (15, 1, TIMESTAMP '2024-08-20 18:00:00', 80.80, 2, 'web', false),
    (16, 8, TIMESTAMP '2024-12-31 23:59:59', 1.01, 1, 'shop', true)
) AS v(id, customer, ordered_at, amount, quantity, channel, returned);

CREATE TABLE people AS SELECT * FROM (VALUES
    (1::int4, 'Ann Lee'::text, 'ann@example.com'::text, 'Berlin'::text, DATE '1980-05-17', NULL::int4, 0.75::float8),
    (2, 'Bob Stone', 'bob@example.org', 'Paris', DATE '1975-02-28', 1, 0.5::float8),
    (3, 'Chloé Martin', NULL, 'Paris', DATE '1992-12-01', 1, 0.125::float8),
    (4, 'Dieter Groß', 'dieter@example.com', 'Berlin', DATE '2000-02-29', 2, NULL),
    (5, 'Eve O''Neil', 'eve@example.net', NULL, NULL, 2, 1::float8),
    (6, 'Faye Wong', 'faye@example.com', 'London', DATE '1969-07-20', 3, 0.3::float8),
    (7, 'Gus', '', 'london', DATE '1988-11-11', 3, 0.3::float8),
    (9, 'Ida Berg', 'ida@example.com', 'Oslo', DATE '1995-01-05', NULL, -1::float8)
) AS v(id, name, email, city, born, manager, score);
