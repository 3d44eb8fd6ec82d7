SELECT name FROM people WHERE name ~ ANY (SELECT '^' || x FROM (VALUES ('A'), ('B')) v(x)) ORDER BY id
SELECT id FROM people LIMIT 'x'
SELECT 'x' AS y FROM people HAVING (SELECT true)
SELECT b'1010', x'1F', B'101'::int, X'ff'::bit(8)::int
SELECT '1010'::bit(4), '101'::bit(5), '10101'::bit(3), 'x1f'::bit(8), '1'::bit, '1011'::varbit, '1011'::bit varying(2)
SELECT 44::bit(10), 44::bit(3), (-44)::bit(12), 44::bigint::bit(10)::int
SELECT ('x' || 'ff00')::bit(16)::int, ('x' || 'ffffffff')::bit(32)::int, ('x' || 'ffffffffffffffff')::bit(64)::bigint
SELECT ('x' || md5('1'))::bit(64)::bigint, ('x' || substr(md5('1'), 17))::bit(64)::bigint
-- differs error: of strings of bits there are casts only
SELECT cast('101' AS bit(3)), bit '101', bit(4) '101', length(b'101'), b'101'::text || 'x'
-- differs error: there are no operators of strings of bits
SELECT b'101' & b'100', b'101' | b'010', b'101' # b'111', ~ b'101', b'101' << 1, b'101' || b'1', b'101' = b'101', b'101' < b'11'
SELECT '12'::bit(2)
SELECT 'x1g'::bit(8)
SELECT COALESCE(CAST( ( SUM(DISTINCT (CAST(FLOOR(COALESCE(o.amount ,0)*(1000000*1.0)) AS DECIMAL(65,0))) + ('x' || MD5(o.id ::varchar))::bit(64)::bigint::DECIMAL(65) *18446744073709551616 + ('x' || SUBSTR(MD5(o.id ::varchar),17))::bit(64)::bigint::DECIMAL(65) ) - SUM(DISTINCT ('x' || MD5(o.id ::varchar))::bit(64)::bigint::DECIMAL(65) *18446744073709551616 + ('x' || SUBSTR(MD5(o.id ::varchar),17))::bit(64)::bigint::DECIMAL(65)) ) AS DOUBLE PRECISION) / CAST((1000000*1.0) AS DOUBLE PRECISION), 0) AS total FROM orders o JOIN people p ON p.id >= o.customer
SELECT 0x1F
SELECT x'1F', X'', b''
-- differs error: of strings of bits there are casts only
SELECT bit_length(b'101')
SELECT upper(b'101')
-- differs sqlstate: casts to strings of bits are calls
SELECT 1.5::bit(3)
SELECT b'101'::numeric
SELECT b'1011'::bigint, b'1'::bit(3)::int, (b'111' || b'0')::text
