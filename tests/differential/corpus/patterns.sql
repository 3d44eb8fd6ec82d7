-- Patterns: LIKE, SIMILAR TO, regular expressions.
SELECT 'abc' LIKE 'a%', 'abc' LIKE '_b_', 'abc' NOT LIKE 'b%', 'a%c' LIKE 'a\%c', 'abc' LIKE 'a\%c'
SELECT 'a%c' LIKE 'a#%c' ESCAPE '#', 'a_c' LIKE 'a!_c' ESCAPE '!', 'a\c' LIKE 'a\c' ESCAPE ''
SELECT 'ABC' ILIKE 'a%', 'Straße' ILIKE 'STRASSE', 'ÄB' ILIKE 'äb'
-- differs error: a pattern that ends within an escape is refused before there is a text
SELECT 'abc' LIKE 'abc\'
SELECT 'abc' LIKE NULL, NULL LIKE 'a'
SELECT '' LIKE '', '' LIKE '%', 'a' LIKE ''
SELECT 'abc' LIKE 'a%' ESCAPE 'ab'
SELECT 'abc' SIMILAR TO 'abc', 'abc' SIMILAR TO 'a', 'abc' SIMILAR TO '%(b|d)%', 'abc' SIMILAR TO '(b|c)%'
SELECT 'abc' SIMILAR TO '(a|b)%', 'abc' NOT SIMILAR TO '_b_', 'a.c' SIMILAR TO 'a.c', 'abc' SIMILAR TO 'a.c'
SELECT 'aab' SIMILAR TO 'a{2}b', 'ab' SIMILAR TO 'a+b?', 'xyz' SIMILAR TO '[w-y]yz', 'a%b' SIMILAR TO 'a#%b' ESCAPE '#'
SELECT 'abc' SIMILAR TO NULL, NULL SIMILAR TO 'a'
SELECT 'a' SIMILAR TO '(a'
SELECT 'ab' SIMILAR TO 'a|b', 'abd' SIMILAR TO 'a(b|c)d', '^a' SIMILAR TO '^a', 'a$' SIMILAR TO 'a$'
SELECT 'abc' ~ 'b', 'abc' ~ '^b', 'ABC' ~* 'b', 'abc' !~ 'b', 'abc' !~* 'B', 'abc' ~ ''
SELECT 'abc' ~ 'a(b', 1
SELECT 'abc' ~ '*a'
SELECT 'abc' ~ '[b'
SELECT 'abc' ~ 'a**'
SELECT 'abc' ~ 'a{2,1}'
SELECT 'abc' ~ 'a{256}'
SELECT 'abc' ~ '[[:foo:]]'
SELECT 'abc' ~ '[c-a]'
SELECT 'abc' ~ '(?<name>a)'
SELECT 'abc' ~ '\p{L}'
SELECT 'a)' ~ 'a)'
SELECT 'foo bar' ~ '\mbar\M', 'foobar' ~ '\mbar', 'foo bar' ~ '\ybar\y', 'foobar' ~ '\Ybar', 'bar' ~ '[[:<:]]bar[[:>:]]'
SELECT 'ab12' ~ '[[:alpha:]]+[[:digit:]]+', 'äß' ~ '^[[:alpha:]]+$', 'a_b' ~ '^\w+$', 'a b' ~ 'a\sb', 'ab' ~ '^\D+$'
SELECT 'abab' ~ '^(ab)\1$', 'abcb' ~ '^(ab)\1$', 'aa' ~ '(a)\1', 'aA' ~* '^(a)\1$'
SELECT 'foobar' ~ 'foo(?=bar)', 'foobaz' ~ 'foo(?=bar)', 'foobaz' ~ 'foo(?!bar)', 'foobar' ~ '(?<=foo)bar', 'foobar' ~ '(?<!foo)bar'
SELECT E'a\nb' ~ 'a.b', E'a\nb' ~ '(?n)a.b', E'a\nb' ~ '(?n)^b$', E'a\nb' ~ '^b', E'a\nb' ~ 'a$'
SELECT 'AbC' ~ '(?i)abc', 'abc' ~ '***=a.c', 'a.c' ~ '***=a.c', 'abc' ~ '(?x) a b  c # comment'
SELECT 'abc' ~ NULL, NULL ~ 'a'
SELECT 'a.b' ~ 'a\.b', E'a\tb' ~ 'a\tb', 'aéb' ~ 'a\u00e9b', 'a' ~ '\x61', 'abc' ~ '\Aabc\Z'
SELECT '{' ~ '{', 'a{' ~ 'a{', 'a{x' ~ 'a{x'
SELECT 'abc' ~ '[]]', ']' ~ '[]]', '-' ~ '[a-]', '^' ~ '[x^]', 'b' ~ '[^a]', '\' ~ '[\\]'
SELECT substring('foobar' from 'o.b'), substring('foobar' from 'o(.)b'), substring('foobar' from 'z'), substring('foobar' from '(z)?f')
SELECT substring('XY1234Z', 'Y*([0-9]{1,3})'), substring('XY1234Z', 'Y*?([0-9]{1,3})')
SELECT substring('foobar' from 'o|oo'), substring('foobar' from '(o|oo)'), substring('abcd' from 'a|ab|abc')
SELECT substring('ab' from 'a?(ab)?'), substring('aab' from 'a*(ab)*(b*)'), substring('aab' from 'a*(?:ab)*(b*)')
SELECT substring('xabcabcy' from '(abc)+'), substring('xabcabcy' from '(abc)+?'), substring('aaa' from 'a+?'), substring('aaa' from '(a+?)a')
SELECT substring('foobar' from '%#"o_b#"%' for '#'), substring('foobar' from '#"o_b#"%' for '#')
SELECT substring('Thomas' from 2 for 3), substring('Thomas' from 3), substring('Thomas' for 2), substring('Thomas' from '...$')
SELECT regexp_match('foobarbequebaz', 'bar.*que'), regexp_match('foobarbequebaz', '(bar)(beque)'), regexp_match('foo', 'x')
SELECT regexp_match('abc01234xyz', '(.*)(\d+)(.*)'), regexp_match('abc01234xyz', '(.*?)(\d+)(.*)'), regexp_match('abc01234xyz', '(?:(.*?)(\d+)(.*)){1,1}')
SELECT regexp_match('abc', '(x)?(b)'), regexp_match('ABC', 'b', 'i'), (regexp_match('a=1', '(\w)=(\d)'))[2]
SELECT regexp_match('abc', 'b', 'g')
SELECT regexp_match('abc', 'b', 'z')
SELECT regexp_match('aabb', '((a)|b)*'), regexp_match('abab', '(?:(a)|(b))*'), regexp_match('abcd', '(a|ab)(c|bcd)(d*)')
SELECT regexp_match('xyz', 'x*?y*'), regexp_match('xxyy', '(x*?)(y*)'), regexp_match('aXbXc', '(.*)X(.*)'), regexp_match('aXbXc', '(.*?)X(.*)')
SELECT regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g')
SELECT regexp_matches('foobar', 'o')
SELECT regexp_matches('foobar', 'z')
SELECT regexp_matches('abc', '', 'g')
SELECT m FROM regexp_matches('a1b2c3', '([a-z])(\d)', 'g') AS m
SELECT m[1] AS letter, m[2] AS digit FROM regexp_matches('a1b2c3', '([a-z])(\d)', 'g') AS m
SELECT regexp_replace('Thomas', '.[mN]a.', 'M'), regexp_replace('foobarbaz', 'b..', 'X'), regexp_replace('foobarbaz', 'b..', 'X', 'g')
SELECT regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g'), regexp_replace('abc', 'b', '[\&]'), regexp_replace('abc', 'b', '\\'), regexp_replace('abc', '(b)', '\2x'), regexp_replace('abc', 'b', '\n')
SELECT regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 0, 'i'), regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 3, 'i')
SELECT regexp_replace('foobar', 'o', 'X', 3), regexp_replace('foobar', 'o', 'X', 1, 2), regexp_replace('abc', '', '-', 'g'), regexp_replace('', '^', 'x')
SELECT regexp_replace('abc', 'b', 'X', 'z')
SELECT regexp_replace('abc', 'b', 'X', '1')
SELECT regexp_replace('abc', 'b', 'X', 0)
SELECT regexp_replace('abc', 'b', 'X', 1, -1)
SELECT regexp_replace('Hello   World', '\s+', ' ', 'g'), regexp_replace('+49 (30) 123', '[^0-9]', '', 'g'), regexp_replace('a.b.c', '\.', '-')
SELECT regexp_replace('foo123', '(?<=o)\d', '#'), regexp_replace('aaa', 'a{2}', 'b', 'g'), regexp_replace(NULL, 'a', 'b'), regexp_replace('x', NULL, 'b')
SELECT regexp_split_to_array('hello world', '\s+'), regexp_split_to_array('a,b,,c', ','), regexp_split_to_array('abc', ''), regexp_split_to_array('', ',')
SELECT regexp_split_to_array('a,b', ',', 'g')
SELECT regexp_split_to_table('the quick brown', '\s+')
SELECT foo FROM regexp_split_to_table('the quick brown', '\s*') AS foo
SELECT word, count(*) FROM regexp_split_to_table('a b a', ' ') AS word GROUP BY word ORDER BY word
SELECT regexp_count('ABCABCAXYaxy', 'A.'), regexp_count('ABCABCAXYaxy', 'A.', 1, 'i'), regexp_count('abc', 'z'), regexp_count('aaa', 'a', 2), regexp_count('abc', '')
SELECT regexp_count('abc', 'b', 0)
SELECT regexp_instr('number of your street, town zip, FR', '[^,]+', 1, 2), regexp_instr('ABCDEFGHI', '(c..)(...)', 1, 1, 0, 'i', 2), regexp_instr('abc', 'b', 1, 1, 1), regexp_instr('abc', 'z')
SELECT regexp_instr('abc', 'b', 1, 0)
SELECT regexp_instr('abc', 'b', 1, 1, 2)
SELECT regexp_like('Hello World', 'world$'), regexp_like('Hello World', 'world$', 'i')
SELECT regexp_substr('number of your street, town zip, FR', '[^,]+', 1, 2), regexp_substr('ABCDEFGHI', '(c..)(...)', 1, 1, 'i', 2), regexp_substr('abc', 'z')
SELECT s FROM t WHERE s ~ '^[ab]' ORDER BY i
SELECT s FROM t WHERE s LIKE 'a\%%' ORDER BY i
SELECT name, regexp_replace(name, '^(\w+) (\w+)$', '\2, \1') FROM people ORDER BY id
SELECT id, (regexp_match(email, '@(.+)$'))[1] AS domain FROM people ORDER BY id
SELECT name FROM people WHERE name ILIKE '%o%' AND name NOT ILIKE '%st%' ORDER BY id
SELECT name, w FROM people, regexp_split_to_table(name, ' ') AS w WHERE id < 3 ORDER BY id, w
SELECT 'abc' ~~ 'a%', 'abc' !~~ 'a%', 'ABC' ~~* 'a%', 'ABC' !~~* 'a%'
SELECT 1 ~ 'a'
SELECT regexp_match(1, 'a')
SELECT 'x' ~ 'x{,2}', 'xx' ~ '^x{2}$', 'xxx' ~ '^x{2,}$', 'x' ~ '^x{0,1}$', 'ab' ~ 'a{0}b'
SELECT 'foo' ~ ANY (ARRAY['x', 'o$']), 'foo' LIKE ANY (ARRAY['b%', 'f%']), 'foo' LIKE ALL (ARRAY['b%', 'f%'])
