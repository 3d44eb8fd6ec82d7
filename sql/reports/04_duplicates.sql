-- question: How many people does each source have twice?
SELECT source,
       count(*) AS records,
       count(DISTINCT profile_id) AS people,
       count(*) - count(DISTINCT profile_id) AS duplicates,
       round(100.0 * (count(*) - count(DISTINCT profile_id)) / count(*), 1) AS percent
FROM unify_profiles(
    (SELECT contact_id AS id, first_name, last_name, email, normalize_phone(phone, country) AS phone, birth_date, postcode
     FROM crm.contacts),
    (SELECT CAST(customer_id AS text) AS id, first_name, last_name, email, normalize_phone(phone, country) AS phone, birth_date, postcode
     FROM shop.customers),
    (SELECT visitor_id AS id, email FROM web.visitors WHERE email IS NOT NULL),
    sources => ARRAY['crm', 'shop', 'web'])
GROUP BY source
ORDER BY source;
