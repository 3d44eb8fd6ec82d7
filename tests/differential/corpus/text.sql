-- Texts and byte strings.
SELECT upper('straße'), upper('äöü'), lower('ÄÖÜ'), upper('ı'), lower('İ'), initcap('hello wORLD ßa o''neil a1b')
SELECT 'a' || 1, 1 || 'a', 'a' || 1.50, 'a' || true, 'a' || NULL, 'a' || date '2024-01-31', 'a' || 1e20::float8
SELECT 'a' || timestamp '2024-01-31 10:20:30', 'x' || interval '1 day 02:00', 'x' || 'NaN'::float8
SELECT 1 || 2
SELECT 'a' || 'b' || 'c', 'a'::text || 'b'::varchar, ARRAY[1,2] || 3, ARRAY[1] || ARRAY[2]
SELECT concat('a', NULL, 1, true, 1.50), concat(NULL), concat_ws(',', 'a', NULL, 'b'), concat_ws(NULL, 'a'), concat_ws('-')
SELECT concat(date '2024-01-31', ' ', timestamp '2024-01-31 10:20:30', ' ', 2.5::float8), concat(ARRAY[1,2], 'x')
SELECT format('Hello %s', 'World'), format('%s %s', 'a', NULL), format('%I %L', 'Col', 'va''l'), format('%2$s %1$s', 'a', 'b'), format('%%')
SELECT format('|%10s|', 'foo'), format('|%-10s|', 'foo'), format('|%*s|', 10, 'foo'), format('|%*s|', -10, 'foo'), format('|%-*s|', 10, 'foo'), format('|%3$*2$s|', 'a', 5, 'c')
SELECT format('%L', NULL), format('%s', true), format('%s', 1.50), format('%s', ARRAY[1,2]), format('%s', date '2024-01-31')
SELECT format('%s')
SELECT format('%I', NULL)
SELECT format('%x', 'a')
SELECT format('%', 'a')
SELECT format('%0$s', 'a')
SELECT format(NULL, 'a'), format('a', 'b')
SELECT left('abcde', 2), left('abcde', -2), left('abcde', 0), left('abcde', 99), left('abcde', -99), right('abcde', 2), right('abcde', -2), right('abcde', 0), right('äöü', 1)
SELECT lpad('hi', 5, 'xy'), lpad('hi', 5), lpad('hello', 3), lpad('hi', 5, ''), lpad('hi', -1), rpad('hi', 5, 'xy'), rpad('hi', 5), rpad('hello', 3), rpad('hi', 5, '')
SELECT trim('  a  '), trim(both 'x' from 'xxaxx'), trim(leading 'x' from 'xxaxx'), trim(trailing from 'a  '), trim('xy' from 'xyaxy'), btrim('xyxtrimyyx', 'xyz'), ltrim('zzzytest', 'xyz'), rtrim('testxxzx', 'xyz'), trim('abc', 'ac')
SELECT ltrim('  a'), rtrim('a  '), btrim(E'\t a'), ltrim('a', ''), btrim(NULL)
SELECT overlay('Txxxxas' placing 'hom' from 2 for 4), overlay('abc' placing 'X' from 2), overlay('abc' placing 'XYZ' from 4), overlay('abc' placing 'X' from 2 for 0), overlay('abc' placing 'X' from 2 for -1)
SELECT overlay('abc' placing 'X' from 0)
SELECT position('om' in 'Thomas'), position('' in 'abc'), position('z' in 'abc'), strpos('high', 'ig'), strpos('äöü', 'ü'), strpos('abc', '')
SELECT split_part('abc~@~def~@~ghi', '~@~', 2), split_part('a,b,c', ',', -1), split_part('a,b,c', ',', -3), split_part('a,b,c', ',', 4), split_part('a,b', '', 1), split_part('', ',', 1), split_part('a,b', '', -1), split_part('a,b', '', 2)
SELECT split_part('a,b', ',', 0)
SELECT substr('alphabet', 3), substr('alphabet', 3, 2), substr('alphabet', 0, 3), substr('alphabet', -2, 5), substr('alphabet', 99), substr('äöü', 2, 1), substr('abc', 2, 0)
SELECT substr('abc', 1, -1)
SELECT substring('abc' from 2 for -1)
SELECT substring('alphabet', 2147483647, 2147483647), substr('abc', -2147483648, 2147483647)
SELECT translate('12345', '143', 'ax'), translate('abc', '', 'x'), translate('aäa', 'ä', 'xy'), translate('abc', 'aa', 'xy')
SELECT replace('abcabc', 'b', 'X'), replace('abc', '', 'X'), replace('abc', 'b', ''), replace('', 'a', 'b'), replace('aaa', 'aa', 'b')
SELECT reverse('abcäß'), repeat('ab', 3), repeat('ab', 0), repeat('ab', -1), length('äß'), char_length('abc'), character_length('ab'), octet_length('äß'), bit_length('ä')
SELECT chr(65), chr(228), chr(8364), ascii('x'), ascii('ä'), ascii(''), ascii('€')
SELECT chr(0)
SELECT chr(-1)
SELECT chr(1114112)
SELECT chr(55296)
SELECT to_hex(255), to_hex(-1), to_hex(-1::bigint), to_hex(2147483648)
SELECT md5('abc'), md5(''), md5('\x00'::bytea), sha224('abc'), sha256('abc'), sha384('abc'), sha512('')
SELECT encode('\x010203'::bytea, 'hex'), encode('abc', 'base64'), encode(repeat('a', 100)::bytea, 'base64'), encode('\x00ff5c61'::bytea, 'escape'), decode('616263', 'hex'), decode('YWJj', 'base64'), decode('a\\b\001', 'escape')
SELECT encode('abc', 'foo')
SELECT decode('6', 'hex')
SELECT decode('zz', 'hex')
SELECT decode('YW', 'base64')
SELECT '\xde'::bytea, 'abc'::bytea, 'a\\b\001'::bytea, '\xDEADbeef'::bytea, '\x de ad'::bytea
SELECT '\xd'::bytea
SELECT '\xzz'::bytea
SELECT 'a\b'::bytea
SELECT length('\x010203'::bytea), octet_length('\x01'::bytea), get_byte('\x0102'::bytea, 1), set_byte('\x0102'::bytea, 0, 255), get_bit('\x03'::bytea, 1), set_bit('\x00'::bytea, 3, 1), substring('\x010203'::bytea from 2 for 1), substr('\x010203'::bytea, 2), position('\x02'::bytea in '\x0102'::bytea), '\x01'::bytea || '\x02'::bytea
SELECT get_byte('\x01'::bytea, 5)
SELECT convert_from('\xc3a4'::bytea, 'UTF8'), convert_to('ä', 'UTF8'), convert_to('ä', 'LATIN1'), convert_from('\xe4'::bytea, 'LATIN1')
SELECT convert_from('\xff'::bytea, 'UTF8')
SELECT trim('\x00'::bytea from '\x00010200'::bytea), overlay('\x010203'::bytea placing '\xff'::bytea from 2)
SELECT quote_ident('abc'), quote_ident('A b'), quote_ident('select'), quote_ident('a"b'), quote_literal('a''b'), quote_literal('a\b'), quote_literal(42), quote_nullable(NULL), quote_nullable('x'), quote_literal(NULL), quote_ident('')
SELECT starts_with('alphabet', 'alph'), starts_with('a', ''), 'alphabet' ^@ 'alph'
SELECT string_to_array('xx~~yy~~zz', '~~', 'yy'), string_to_array('abc', NULL), string_to_array('abc', ''), string_to_array('', ','), string_to_array(NULL, ','), string_to_array('a,b,', ',')
SELECT array_to_string(ARRAY[1, 2, NULL, 5], ',', '*'), array_to_string(ARRAY[1, NULL, 3], ','), array_to_string(ARRAY['a','b'], ''), array_to_string(ARRAY[]::text[], ','), array_to_string(ARRAY[true, false], ','), array_to_string(ARRAY[date '2024-01-31'], ',')
SELECT string_to_table('a,b,c', ',')
SELECT * FROM string_to_table('xx~^~yy~^~zz', '~^~', 'yy')
SELECT unistr('d\0061t\+000061'), unistr('\u0441\U00000061'), unistr('a\\b')
SELECT unistr('\xyz')
SELECT normalize(U&'\0061\0308bc', NFC), normalize('ﬁ', NFKC), length(normalize('ä', NFD)), 'ä' IS NFC NORMALIZED
SELECT parse_ident('"SomeSchema".someTable'), parse_ident('a.b')
SELECT parse_ident('1a')
SELECT 'a' < 'B', 'ä' < 'z', 'a' < 'ab', '' < 'a', 'Z' < 'a'
SELECT greatest('a', 'B'), least('a', 'B'), max(s), min(s) FROM (VALUES ('a'), ('B'), ('ä')) v(s)
SELECT 'abcdef'::varchar(3), 'abc'::char(5), 'abcdef'::char(3), 'abc'::char, 'a'::varchar
SELECT 'a'::char(3) = 'a  ', 'a'::char(3) || 'b', length('a'::char(3)), 'a'::char(3)::text || 'x', octet_length('a'::char(3))
SELECT cast('abc' AS varchar(2)), cast(12345 AS varchar(3)), cast(true AS varchar), cast(1.50 AS text), cast(date '2024-01-31' AS char(4))
SELECT pg_typeof('a'), pg_typeof('a'::text), pg_typeof('a'::varchar(3)), pg_typeof('a'::char(3)), pg_typeof('a'::bytea), pg_typeof(upper('a')), pg_typeof(length('a'))
SELECT 1.5::text, 1e20::float8::text, 0.1::real::text, true::text, date '2024-01-31'::text, timestamp '2024-01-31 10:20:30'::text, interval '1 day 02:03'::text, ARRAY[1,2]::text, 'a'::bytea::text, time '10:20'::text
SELECT current_setting('server_version_num')::int >= 150000, current_setting('nope')
SELECT current_setting('nope', true)
SELECT lower(NULL), upper(''), length(NULL), left(NULL, 1), left('a', NULL), split_part(NULL, ',', 1), repeat(NULL, 2)
SELECT length(123)
SELECT upper(1)
SELECT left('abc', 'x')
SELECT left(123, 1)
SELECT lpad('x', 1000000000)
SELECT repeat('x', 2000000000)
SELECT nope('a')
SELECT upper('a', 'b')
SELECT substr('abc', 'a')
SELECT strpos(1, 'a')
-- differs written: the elements of an array have one number of decimals
SELECT array_to_string(ARRAY[1.50, 2], '/')
SELECT B'101', X'1F'
SELECT 'a' 'b'
SELECT E'a\tb\\c\x41\u00e4', U&'d\0061t', $$a'b$$, $x$a$$b$x$
SELECT E'\'', 'it''s', ''
SELECT 'a' COLLATE "C" < 'B'
SELECT string_agg(s, ',') FROM (VALUES ('a'), (NULL), ('b')) v(s)
SELECT s, upper(s), lower(s), initcap(s), length(s), reverse(s), left(s, 2), right(s, 2) FROM t ORDER BY i
SELECT s || '!' AS a, s || i AS b, concat(s, n, d) AS c, coalesce(s, '-') FROM t ORDER BY i
SELECT i, n::text, f::text, r::text, d::text, ts::text, tm::text, x::text FROM t ORDER BY i
SELECT split_part(name, ' ', 1) AS first, substring(name from 1 for 3), position('e' in name), translate(name, 'aeiou', '*') FROM people ORDER BY id
SELECT initcap(lower(name)), lpad(id::text, 3, '0'), md5(name), encode(name::bytea, 'hex') FROM people ORDER BY id
SELECT format('%s <%s>', name, email), quote_nullable(email), concat_ws(', ', name, city) FROM people ORDER BY id
SELECT name FROM people ORDER BY name
SELECT name FROM people ORDER BY name DESC LIMIT 3
SELECT city, string_agg(name, '; ' ORDER BY name) FROM people GROUP BY city ORDER BY city
